import { expect, it } from 'vitest';
import type { ModelConfig } from '../model/config.ts';
import { publishedWanConfig } from '../model/wanConfig.ts';
import { wanNegativePrompt } from '../model/wanSampling.ts';
import { type Storyboard, validateStoryboard } from '../storyboard/document.ts';
import { encodePrompts } from './encodePrompts.ts';
import { letterTokenizer } from './testing.ts';

function filmOf(prompts: string[], fields: Partial<Storyboard>): Storyboard {
  return validateStoryboard({
    format: 'shotweave/storyboard',
    version: 1,
    width: 832,
    height: 480,
    fps: 16,
    steps: 50,
    guidance: 5,
    shots: prompts.map((prompt, index) => ({ id: `${index}`, prompt, seconds: 5 })),
    ...fields,
  });
}

function negativeOf(negative: string): string {
  const film = filmOf(['a cat'], { negative });
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

it('carries colours over where the model names its subjects, unless the film is to be read as it stands', () => {
  const carry = { colours: ['red'], subjects: [['boat']] };
  const config: ModelConfig = { ...publishedWanConfig('wan2.1-14b'), carry };
  const film = filmOf(['a red boat', 'the boat'], { look: 'at dawn' });
  const promptsOf = (film: Storyboard, facts = config) =>
    encodePrompts(film, { tokenizer: letterTokenizer, config: facts }).prompts.map((ids) =>
      String.fromCodePoint(...ids),
    );
  const plain = promptsOf({ ...film, carry: false });
  expect(plain[1]).toContain('the boat');
  expect(promptsOf(film)).toEqual([plain[0], plain[1]?.replace('the boat', 'the red boat')]);
  expect(promptsOf(film, publishedWanConfig('wan2.1-14b'))).toEqual(plain);
});
