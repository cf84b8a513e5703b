import { limits } from './document.ts';
import { replacePhrase } from './insertPhrase.ts';
import type { MarkedSpan } from './useMarkedSpans.ts';

/** A text with the suggestion for one of its words in the place of that word; null when there is none, or no room for it. */
export function mendedText(
  text: string,
  { start, end, suggestion }: Pick<MarkedSpan, 'start' | 'end' | 'suggestion'>,
): string | null {
  if (suggestion === null) return null;
  const { text: mended } = replacePhrase(text, suggestion, start, end);
  return mended.length > limits.promptCharacters ? null : mended;
}
