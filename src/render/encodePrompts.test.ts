import { expect, it } from 'vitest';
import { publishedWanConfig } from '../model/wanConfig.ts';
import { wanNegativePrompt } from '../model/wanSampling.ts';
import { validateStoryboard } from '../storyboard/document.ts';
import { encodePrompts } from './encodePrompts.ts';
import { letterTokenizer } from './testing.ts';

function negativeOf(negative: string): string {
  const film = validateStoryboard({
    format: 'shotweave/storyboard',
    version: 1,
    width: 832,
    height: 480,
    fps: 16,
    steps: 50,
    guidance: 5,
    negative,
    shots: [{ id: 'a', prompt: 'a cat', seconds: 5 }],
  });
  const { negative: ids } = encodePrompts(film, {
    tokenizer: letterTokenizer,
    config: publishedWanConfig('wan2.1-14b'),
  });
  return String.fromCodePoint(...ids);
}

it("takes Wan's own negative prompt where the person wrote none", () => {
  expect(negativeOf('')).toBe(wanNegativePrompt);
  expect(negativeOf('  ')).toBe(wanNegativePrompt);
  expect(negativeOf('rain')).toBe('rain');
});
