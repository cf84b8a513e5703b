import { useMemo } from 'react';
import { promptOf, type WordSpan } from '../model/tokenizer.ts';
import { papercutUntrained } from './papercutWords.ts';
import { useModel } from './studioModel.ts';
import { suggestWord } from './suggestWord.ts';

export interface MarkedSpan extends WordSpan {
  /** A word that the model knows, to try in its place. */
  suggestion: string | null;
}

/** Words of a text that mean nothing to the model, in order. */
export function useMarkedSpans(text: string): MarkedSpan[] {
  const { tokenizer } = useModel();
  return useMemo(() => {
    const trained = tokenizer.words.filter((word) => !papercutUntrained.has(word));
    const unknown = tokenizer.unknownWords(text);
    const untrained = wordsIn(text).filter(({ word }) => papercutUntrained.has(word));
    return [...unknown, ...untrained]
      .sort((a, b) => a.start - b.start)
      .map((span) => ({ ...span, suggestion: suggestWord(span.word, trained) }));
  }, [text, tokenizer]);
}

/** Words that a shot has beyond those that the model reads; 0 when it reads them all. */
export function useUnreadWords(look: string, prompt: string): number {
  const { tokenizer } = useModel();
  return useMemo(() => {
    const text = promptOf(look, prompt);
    const start = tokenizer.overLength(text);
    return start === null ? 0 : wordsIn(text.slice(start)).length;
  }, [look, prompt, tokenizer]);
}

function wordsIn(text: string): WordSpan[] {
  return Array.from(text.matchAll(/[a-z]+/gi), ({ 0: word, index }) => ({
    word: word.toLowerCase(),
    start: index,
    end: index + word.length,
  }));
}
