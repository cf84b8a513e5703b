import { expect, it } from 'vitest';
import { limits } from './document.ts';
import { mendedText } from './mendedText.ts';

/** The text with "sailboat" in the place of "boot". */
function mended(text: string): string | null {
  const start = text.indexOf('boot');
  return mendedText(text, { start, end: start + 4, suggestion: 'sailboat' });
}

it('puts the suggestion in the place of the word', () => {
  expect(mended('a boot at sea')).toBe('a sailboat at sea');
});

it('is nothing without a suggestion', () => {
  expect(mendedText('a boot', { start: 2, end: 6, suggestion: null })).toBeNull();
});

it('is nothing where the text would get longer than a storyboard may have it', () => {
  const roomy = 'boot'.padEnd(limits.promptCharacters - 4, '.');
  expect(mended(roomy)).toHaveLength(limits.promptCharacters);
  expect(mended(`${roomy}.`)).toBeNull();
});
