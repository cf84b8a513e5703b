import { z } from 'zod';

/** The words by which a model's prompts name subjects and their colours. */
export const carrySchema = z.object({
  colours: z.array(z.string().min(1)).min(1).max(200),
  /** Names of one kind of subject each, as `["car", "sports car"]`. */
  subjects: z
    .array(z.array(z.string().min(1)).min(1))
    .min(1)
    .max(200),
});

export type CarryWords = z.infer<typeof carrySchema>;

/** A colour that a prompt leaves out and an earlier one says. */
export interface Carried {
  colour: string;
  /** Where in the prompt it belongs: before the subject's name. */
  at: number;
  /** Index of the shot that said it. */
  from: number;
}

/** A colour stands at most so many words before the subject: "a red little old car". */
const reach = 4;

interface Word {
  word: string;
  start: number;
}

/**
 * For every prompt of a film, the colour of its subject that only an earlier prompt says, else null. "A red sailboat on
 * the sea", "close up of the boat" gives "red" for the second. A prompt that names any colour, or no subject that had
 * one before, is left as it stands.
 */
export function carriedColours(
  prompts: readonly string[],
  { colours, subjects }: CarryWords,
): (Carried | null)[] {
  const names = namesOf(subjects);
  const said = new Map<number, { colour: string; from: number }>();

  return prompts.map((prompt, from) => {
    const words = wordsOf(prompt);
    let carried: Carried | null = null;
    let behindLast = 0;
    for (let at = 0; at < words.length; ) {
      const name = names.find((name) => standsAt(name, words, at));
      if (!name) {
        at++;
        continue;
      }
      const before = words
        .slice(Math.max(behindLast, at - reach), at)
        .findLast(({ word }) => colours.includes(word));
      const known = said.get(name.kind);
      if (before) said.set(name.kind, { colour: before.word, from });
      else if (known && !carried) carried = { ...known, at: words[at]?.start ?? 0 };
      at += name.words.length;
      behindLast = at;
    }
    return words.some(({ word }) => colours.includes(word)) ? null : carried;
  });
}

/** A prompt with the colour in its place. */
export function withCarried(prompt: string, carried: Carried | null): string {
  if (!carried) return prompt;
  return `${prompt.slice(0, carried.at)}${carried.colour} ${prompt.slice(carried.at)}`;
}

/** Index of the kind of subject that a text names first; null where it names none. */
export function firstSubject(text: string, { subjects }: CarryWords): number | null {
  const names = namesOf(subjects);
  const words = wordsOf(text);
  for (const at of words.keys()) {
    const name = names.find((name) => standsAt(name, words, at));
    if (name) return name.kind;
  }
  return null;
}

interface Name {
  kind: number;
  words: string[];
}

function namesOf(subjects: CarryWords['subjects']): Name[] {
  return (
    subjects
      .flatMap((kind, index) => kind.map((name) => ({ kind: index, words: name.split(' ') })))
      // "Rocket ship" before "ship".
      .sort((a, b) => b.words.length - a.words.length)
  );
}

function standsAt({ words: parts }: Name, words: readonly Word[], at: number): boolean {
  return parts.every((part, i) => words[at + i]?.word === part);
}

function wordsOf(prompt: string): Word[] {
  return Array.from(prompt.matchAll(/[a-z]+/gi), ({ 0: word, index }) => ({
    word: word.toLowerCase(),
    start: index,
  }));
}
