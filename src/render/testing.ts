import type { Tokenizer } from '../model/tokenizer.ts';
import { publishedWanConfig } from '../model/wanConfig.ts';
import { type MemoryWish, roomOf } from '../plan/filmBudget.ts';
import { type Storyboard, validateStoryboard } from '../storyboard/document.ts';
import type { FilmMemory } from './judgeFilm.ts';
import type { ModelFacts } from './modelFiles.ts';

/** A tokenizer for tests: every letter is a token. */
export const letterTokenizer: Tokenizer = {
  maxWords: 512,
  words: [],
  unknownWords: () => [],
  overLength: () => null,
  encode: (text: string) => Uint32Array.from(text, (letter) => letter.codePointAt(0) ?? 0),
};

/** Wan2.1 1.3B as far as planning goes. */
export const wanFacts: ModelFacts = {
  name: 'wan2.1-1.3b',
  config: publishedWanConfig('wan2.1-1.3b'),
  tokenizer: letterTokenizer,
  fixedBytes: 4e7,
  choice: true,
  weightsSha256: ['a'],
};

/** A film of one shot with guidance. */
export function wanFilm(seconds: number, width = 832): Storyboard {
  return validateStoryboard({
    format: 'shotweave/storyboard',
    version: 1,
    model: 'wan2.1-1.3b',
    width,
    height: 480,
    fps: 16,
    steps: 50,
    guidance: 5,
    attention: 'dense',
    shots: [{ id: 'a', prompt: 'a cat', seconds }],
  });
}

/** Memory as the person names it, on a desktop GPU. */
export function memoryOf(wish: MemoryWish, bindingBytes = 2 ** 32 - 4): FilmMemory {
  return { limits: { bindingBytes, dispatchFlops: 5e10, decodeBytes: 2 ** 30 }, room: roomOf(wish), wish };
}
