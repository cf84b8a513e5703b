import { z } from 'zod';
import { type CarryWords, firstSubject } from './carry.ts';

const word = z.string().min(1).max(40);
const share = z.number().min(-10).max(10);

const waySchema = z.object({
  /** As it is told to people: "left". */
  name: word,
  verbs: z.array(word).min(1).max(200),
  /** Words of which one follows a verb soon; with none the verb is enough. */
  goals: z.array(word).max(50),
  /** -1, 0 or 1. */
  right: z.int().min(-1).max(1),
  down: z.int().min(-1).max(1),
});

const sizeSchema = z.object({
  name: word,
  phrases: z.array(word).min(1).max(50),
  /** Widths of the picture that subjects go: in a second, and at most in a shot. */
  across: share,
  most_across: share,
  /** Heights of it. */
  up: share,
  most_up: share,
  /** By kind, as `carry` lists them: the middle from the top and the radii, as shares of the picture. */
  shapes: z
    .array(z.object({ y: share, width: share.positive(), height: share.positive() }))
    .min(1)
    .max(200),
});

/** The words by which a model's prompts let subjects move by themselves, and how large and fast these are. */
export const waysSchema = z.object({
  /** Words from a verb to its goal, at most. */
  reach: z.int().min(1).max(20),
  /** A verb behind them is not what a subject does: "the camera moves". */
  not_behind: z.array(word).max(50),
  /** Nor is it before them: "a sailing boat". */
  not_before: z.array(word).max(50),
  /** With them something else begins: "while". */
  ends: z.array(word).max(50),
  ways: z.array(waySchema).min(1).max(50),
  sizes: z.array(sizeSchema).min(1).max(20),
  /** Name of the size of shots that say none. */
  unsaid: word,
});

export type WayWords = z.infer<typeof waysSchema>;
export type Way = z.infer<typeof waySchema>;
export type ShotSizeWords = z.infer<typeof sizeSchema>;

/** A subject that moves by itself. */
export interface SubjectWay {
  /** As the model's prompts call it first: "car". */
  name: string;
  way: Way;
  size: ShotSizeWords;
  shape: ShotSizeWords['shapes'][number];
}

/** Where a text lets its subject go: "a car drives to the left"; null where it stays. */
export function wayIn(text: string, words: WayWords): Way | null {
  for (const clause of text.toLowerCase().split(/[.,;:!?]/)) {
    const said = clause.match(/[a-z]+/g) ?? [];
    for (const [at, verb] of said.entries()) {
      const follows = upTo(said.slice(at + 1, at + 1 + words.reach), words.ends);
      if (words.not_behind.includes(said[at - 1] ?? '') || words.not_before.includes(follows[0] ?? ''))
        continue;
      const ways = words.ways.filter(({ verbs }) => verbs.includes(verb));
      const goal = follows.findLast((goal) => ways.some(({ goals }) => goals.includes(goal)));
      // "From left to right" is to the right.
      const way = ways.find(({ goals }) => (goal === undefined ? goals.length === 0 : goals.includes(goal)));
      if (way) return way;
    }
  }
  return null;
}

/**
 * The ways of a film's subjects, by shots. A shot that names no subject ("it rises") has the one of the shot before.
 * null where nothing moves, or the model does not say how.
 */
export function subjectWays(
  prompts: readonly string[],
  { carry, ways: words }: { carry?: CarryWords | undefined; ways?: WayWords | undefined },
): (SubjectWay | null)[] {
  let kind: number | null = null;
  return prompts.map((prompt) => {
    if (!carry || !words) return null;
    kind = firstSubject(prompt, carry) ?? kind;
    const way = wayIn(prompt, words);
    const size = sizeIn(prompt, words);
    const [name] = carry.subjects[kind ?? -1] ?? [];
    const shape = size?.shapes[kind ?? -1];
    return way && size && shape && name ? { name, way, size, shape } : null;
  });
}

/** The shot size that a text asks for; the longest phrase counts. */
function sizeIn(text: string, { sizes, unsaid }: WayWords): ShotSizeWords | undefined {
  const said = (text.toLowerCase().match(/[a-z]+/g) ?? []).join(' ');
  const phrases = sizes
    .flatMap((size) => size.phrases.map((phrase) => ({ phrase, size })))
    .sort((a, b) => b.phrase.length - a.phrase.length);
  return (
    phrases.find(({ phrase }) => said.includes(phrase))?.size ?? sizes.find(({ name }) => name === unsaid)
  );
}

function upTo(words: string[], ends: readonly string[]): string[] {
  const end = words.findIndex((word) => ends.includes(word));
  return end < 0 ? words : words.slice(0, end);
}
