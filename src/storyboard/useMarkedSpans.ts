import { useMemo } from 'react';
import type { Carried } from '../model/carry.ts';
import type { WordSpan } from '../model/tokenizer.ts';
import { useModel } from './studioModel.ts';
import { suggestWord } from './suggestWord.ts';
import { unreadStart } from './unread.ts';

export interface MarkedSpan extends WordSpan {
  /** A word that the model knows, to try in its place. */
  suggestion: string | null;
}

/** Words of a text that mean nothing to the model, in order. */
export function useMarkedSpans(text: string): MarkedSpan[] {
  const { tokenizer, wordHelp } = useModel();
  return useMemo(() => {
    if (!wordHelp) return [];
    return tokenizer
      .unknownWords(text)
      .map((span) => ({ ...span, suggestion: suggestWord(span.word, tokenizer.words) }));
  }, [text, tokenizer, wordHelp]);
}

/** What of a prompt the model does not read, because it and what is read beside it are too long. */
export interface Unread {
  /** Where it starts in the prompt; null when the model reads all of it. */
  start: number | null;
  words: number;
}

export function useUnread(look: string, prompt: string, carried: Carried | null): Unread {
  const { tokenizer } = useModel();
  return useMemo(() => {
    const start = unreadStart(tokenizer, look, prompt, carried);
    return { start, words: start === null ? 0 : wordsIn(prompt.slice(start)).length };
  }, [look, prompt, carried, tokenizer]);
}

function wordsIn(text: string): WordSpan[] {
  return Array.from(text.matchAll(/[a-z]+/gi), ({ 0: word, index }) => ({
    word: word.toLowerCase(),
    start: index,
    end: index + word.length,
  }));
}
