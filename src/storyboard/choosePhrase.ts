import { type Edited, insertPhrase, removePhrase, replacePhrase } from './insertPhrase.ts';
import type { WordGroup } from './papercutWords.ts';

export interface FoundPhrase {
  phrase: string;
  start: number;
  end: number;
}

/** The phrases of a group that a prompt has as whole words, in its order. */
export function phrasesIn(text: string, { phrases }: WordGroup): FoundPhrase[] {
  const found = phrases.flatMap((phrase) => {
    const at = text.toLowerCase().search(new RegExp(`(?<![a-z])${phrase}(?![a-z])`));
    return at < 0 ? [] : [{ phrase, start: at, end: at + phrase.length }];
  });
  return found.sort((a, b) => a.start - b.start);
}

/**
 * A prompt after a person chose a phrase: one that it has is taken out; another takes the place of the first of its
 * group, since a shot has one subject, one place, one move of the camera; a group of which it has none goes in at `at`.
 */
export function choosePhrase(text: string, phrase: string, group: WordGroup, at: number): Edited {
  const found = phrasesIn(text, group);
  const same = found.find((other) => other.phrase === phrase);
  if (same) return removePhrase(text, same.start, same.end);
  const [first] = found;
  return first
    ? replacePhrase(text, phrase, first.start, first.end)
    : insertPhrase(text, phrase, at, group.apart);
}
