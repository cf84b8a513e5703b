import { describe, expect, it } from 'vitest';
import { layoutSheet } from './layout.ts';
import { wrapText } from './wrapText.ts';

/** Largest side of a canvas that browsers agree on. */
const largestCanvas = 16_384;

describe('layoutSheet', () => {
  it.each([
    [1, 320 / 192, 1],
    [3, 320 / 192, 2],
    [8, 320 / 192, 3],
    [4, 192 / 320, 4],
  ])('lays %i shots of aspect %f out in %i columns', (shots, aspect, columns) => {
    expect(layoutSheet(shots, aspect).columns).toBe(columns);
  });

  it.each([1, 7, 40, 200])('keeps %i shots apart, on the sheet, on a canvas', (shots) => {
    for (const aspect of [0.3, 0.6, 1, 1.67, 3]) {
      const { width, height, picture, cells } = layoutSheet(shots, aspect);
      expect(cells).toHaveLength(shots);
      expect(Math.max(width, height)).toBeLessThanOrEqual(largestCanvas);
      for (const { x, y } of cells) {
        expect(x + picture.width).toBeLessThan(width);
        expect(y + picture.height).toBeLessThan(height);
      }
      expect(new Set(cells.map(({ x, y }) => `${x},${y}`)).size).toBe(shots);
    }
  });
});

describe('wrapText', () => {
  const wrap = (text: string, width: number, most = 3) => wrapText(text, width, most, (line) => line.length);

  it.each([
    ['a red boat on the sea', 10, ['a red boat', 'on the sea']],
    ['  spaces\nand lines ', 20, ['spaces and lines']],
    ['', 10, []],
    ['incomprehensible words', 8, ['incompr…', 'words']],
    [
      'one two three four five six',
      9,
      ['one two', 'three', 'four five', 'six'].slice(0, 2).concat('four fiv…'),
    ],
  ])('%j at %i', (text, width, lines) => expect(wrap(text, width)).toEqual(lines));

  it('never gives a line wider than asked for, nor more lines', () => {
    const text = 'close up of the sailboat on the sea at sunset, camera pans left';
    for (let width = 1; width < 70; width++) {
      const lines = wrap(text, width, 2);
      expect(lines.length).toBeLessThanOrEqual(2);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(Math.max(width, 1));
    }
  });
});
