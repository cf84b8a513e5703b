import { z } from 'zod';

const share = z.number().min(-10).max(10);

const moveSchema = z.object({
  /** As it is told to people: "pan left". */
  name: z.string().min(1).max(40),
  verbs: z.array(z.string().min(1)).min(1).max(50),
  goals: z.array(z.string().min(1)).min(1).max(50),
  /** What is seen moves by so many widths of the picture in a second, */
  right: share.default(0),
  /** so many heights of it, */
  down: share.default(0),
  /** and is magnified by so much, as a natural logarithm. */
  nearer: share.default(0),
  /** A longer shot moves in all as far as one of so many seconds. */
  seconds: z.number().positive(),
});

/** The words by which a model's prompts ask for moves of the camera: a verb, and soon after it where to. */
export const cameraSchema = z.object({
  /** Words from a verb to its goal, at most. */
  reach: z.int().min(1).max(20),
  moves: z.array(moveSchema).min(1).max(20),
});

export type CameraWords = z.infer<typeof cameraSchema>;
export type CameraMove = z.infer<typeof moveSchema>;

/** The first move of the camera that a text asks for: "the camera pans slowly to the left"; null where it asks for none. */
export function cameraMoveIn(text: string, { reach, moves }: CameraWords): CameraMove | null {
  for (const clause of text.toLowerCase().split(/[.,;:!?]/)) {
    const words = clause.match(/[a-z]+/g) ?? [];
    for (const [at, verb] of words.entries()) {
      for (const [i, goal] of words.slice(at + 1, at + 1 + reach).entries()) {
        // "From left to right" is to the right.
        if (/from( the)?$/.test(words.slice(at, at + 1 + i).join(' '))) continue;
        const asked = moves.find(({ verbs, goals }) => verbs.includes(verb) && goals.includes(goal));
        if (asked) return asked;
      }
    }
  }
  return null;
}

/** The move of a shot: its prompt's, or what the look of the film says for all. */
export function cameraMoveOf(
  { look, prompt }: { look: string; prompt: string },
  words: CameraWords | undefined,
): CameraMove | null {
  return words ? (cameraMoveIn(prompt, words) ?? cameraMoveIn(look, words)) : null;
}
