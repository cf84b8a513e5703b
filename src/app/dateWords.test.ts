import { expect, it } from 'vitest';
import { dateWords } from './dateWords.ts';

it('tells the hour of this year’s dates and the year of earlier ones', () => {
  const now = new Date(2026, 10, 30).getTime();
  expect(dateWords(new Date(2026, 10, 21, 14, 5).getTime(), now)).toBe('21 Nov, 14:05');
  expect(dateWords(new Date(2025, 0, 2, 14, 5).getTime(), now)).toBe('2 Jan 2025');
});
