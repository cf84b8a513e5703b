import type { Tokenizer } from '../model/tokenizer.ts';

/** A tokenizer for tests: every letter is a token. */
export const letterTokenizer: Tokenizer = {
  maxWords: 512,
  words: [],
  unknownWords: () => [],
  overLength: () => null,
  encode: (text: string) => Uint32Array.from(text, (letter) => letter.codePointAt(0) ?? 0),
};
