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

/** Of a kind of subject, its middle from the top and its radii, as shares of the picture. */
const shapeSchema = z.object({ y: share, width: share.positive(), height: share.positive() });

const pictureSchema = z.object({
  /** Width over height. */
  aspect: z.number().positive(),
  /** By kind, as `carry` lists them. */
  shapes: z.array(shapeSchema).min(1).max(200),
  /** The same of those that go up or down. */
  rising: z.array(shapeSchema).min(1).max(200),
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
  /** How subjects look in pictures of several shapes. */
  pictures: z.array(pictureSchema).min(1).max(20),
});

/** The words by which a model's prompts say where subjects stand and go, and how large and fast these are. */
export const marksSchema = z.object({
  /** Words from a verb to its goal, at most. */
  reach: z.int().min(1).max(20),
  /** A verb behind them is not what a subject does, or no verb: "the camera moves", "with white sails". */
  not_behind: z.array(word).max(50),
  /** Nor is it before them: "a sailing boat". */
  not_before: z.array(word).max(50),
  /** With them something else begins: "while". */
  ends: z.array(word).max(50),
  /** By these the subject is meant that was spoken of before: "it". */
  again: z.array(word).max(50),
  ways: z.array(waySchema).min(1).max(50),
  sizes: z.array(sizeSchema).min(1).max(20),
  /** Name of the size of shots that say none. */
  unsaid: word,
  /** Kinds that stand as they do when they rise, unless they go to a side. */
  upright: z.array(z.int().min(0)).max(200),
  /** Widths of the picture that the middle of a subject's way is off that of the picture, at most. */
  aside: share,
  /** How much more a subject moves under the camera than the whole of a picture does. */
  under_camera: z.object({ pan: share, zoom: share }),
  /** Heights of the picture below a subject's middle where a zoom leaves what stands there. */
  feet: share,
});

export type MarkWords = z.infer<typeof marksSchema>;
export type Way = z.infer<typeof waySchema>;
export type ShotSizeWords = z.infer<typeof sizeSchema>;

/** What a prompt says of where its subject is. */
export interface SaidMark {
  /** As the model's prompts call the subject first: "car". */
  name: string;
  /** null where it stays. */
  way: Way | null;
  size: ShotSizeWords;
  shape: z.infer<typeof shapeSchema>;
}

/** Where a text lets its subject go: "a car drives to the left"; null where it stays. */
export function wayIn(text: string, words: MarkWords): Way | null {
  for (const clause of text.toLowerCase().split(/[.,;:!?]/)) {
    const said = clause.match(/[a-z]+/g) ?? [];
    for (const [at, verb] of said.entries()) {
      const follows = upTo(said.slice(at + 1, at + 1 + words.reach), words.ends);
      if (words.not_behind.includes(said[at - 1] ?? '') || words.not_before.includes(said[at + 1] ?? ''))
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
 * Where prompts say that their subjects are, by shots. "It" is the subject of the shot before. null where none is spoken
 * of, or the model is not told where subjects are. What prompts leave out the look may say for all.
 *
 * @param aspect Of the picture, width over height.
 */
export function saidMarks(
  { look, prompts, aspect }: { look: string; prompts: readonly string[]; aspect: number },
  { carry, marks: words }: { carry?: CarryWords | undefined; marks?: MarkWords | undefined },
): (SaidMark | null)[] {
  let before: number | null = null;
  return prompts.map((prompt) => {
    if (!carry || !words) return null;
    const again = (prompt.toLowerCase().match(/[a-z]+/g) ?? []).some((word) => words.again.includes(word));
    const kind = firstSubject(prompt, carry) ?? (again ? before : null) ?? firstSubject(look, carry);
    if (kind === null) return null;
    before = kind;
    const way = wayIn(prompt, words) ?? wayIn(look, words);
    const size =
      sizeIn(prompt, words) ?? sizeIn(look, words) ?? words.sizes.find(({ name }) => name === words.unsaid);
    const rises = way ? way.down !== 0 : words.upright.includes(kind);
    const picture = size && nearest(size.pictures, aspect);
    const shape = (rises ? picture?.rising : picture?.shapes)?.[kind];
    const [name] = carry.subjects[kind] ?? [];
    return size && shape && name ? { name, way, size, shape } : null;
  });
}

/** The picture whose shape is most like one of this aspect. */
function nearest<Picture extends { aspect: number }>(
  pictures: readonly Picture[],
  aspect: number,
): Picture | undefined {
  const off = (picture: Picture): number => Math.abs(Math.log(picture.aspect / aspect));
  return [...pictures].sort((a, b) => off(a) - off(b))[0];
}

/** The shot size that a text asks for, by the longest phrase; undefined where it says none. */
function sizeIn(text: string, { sizes }: MarkWords): ShotSizeWords | undefined {
  const said = (text.toLowerCase().match(/[a-z]+/g) ?? []).join(' ');
  const phrases = sizes
    .flatMap((size) => size.phrases.map((phrase) => ({ phrase, size })))
    .sort((a, b) => b.phrase.length - a.phrase.length);
  return phrases.find(({ phrase }) => said.includes(phrase))?.size;
}

function upTo(words: string[], ends: readonly string[]): string[] {
  const end = words.findIndex((word) => ends.includes(word));
  return end < 0 ? words : words.slice(0, end);
}
