import { describe, expect, it } from 'vitest';
import { i420Bytes, rgbaToI420 } from './colour.ts';

/** Values of ITU-R BT.709 in limited range, from the standard's formulas in floating point. */
function bt709(r: number, g: number, b: number): { y: number; cb: number; cr: number } {
  const luma = (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
  return {
    y: 16 + 219 * luma,
    cb: 128 + (224 * (b / 255 - luma)) / 1.8556,
    cr: 128 + (224 * (r / 255 - luma)) / 1.5748,
  };
}

function flat(width: number, height: number, colour: readonly [number, number, number]): Uint8ClampedArray {
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) rgba.set([...colour, 255], i * 4);
  return rgba;
}

describe('rgbaToI420', () => {
  it.each([
    [0, 0, 0],
    [255, 255, 255],
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [255, 107, 74],
    [17, 34, 201],
  ] as const)('agrees with BT.709 for %i %i %i', (r, g, b) => {
    const out = new Uint8Array(i420Bytes(2, 2));
    rgbaToI420(flat(2, 2, [r, g, b]), 2, 2, out);
    const expected = bt709(r, g, b);
    for (const y of out.subarray(0, 4)) expect(Math.abs(y - expected.y)).toBeLessThanOrEqual(0.51);
    expect(Math.abs((out[4] ?? 0) - expected.cb)).toBeLessThanOrEqual(0.51);
    expect(Math.abs((out[5] ?? 0) - expected.cr)).toBeLessThanOrEqual(0.51);
  });

  it('keeps every grey free of colour', () => {
    const out = new Uint8Array(i420Bytes(2, 2));
    for (let grey = 0; grey < 256; grey++) {
      rgbaToI420(flat(2, 2, [grey, grey, grey]), 2, 2, out);
      expect([out[4], out[5]]).toEqual([128, 128]);
    }
  });

  it('puts each pixel in its place and averages chroma over two by two', () => {
    const rgba = flat(4, 2, [0, 0, 0]);
    rgba.set([255, 255, 255], 4 * 3);
    rgba.set([255, 255, 255], 4 * 4);
    rgba.set([0, 0, 255], 4 * 0);
    const out = new Uint8Array(i420Bytes(4, 2));
    rgbaToI420(rgba, 4, 2, out);
    expect([...out.subarray(0, 8)]).toEqual([32, 16, 16, 235, 235, 16, 16, 16]);
    // A quarter of the pixels of the left block is blue, and white carries no colour.
    expect([...out.subarray(8, 12)]).toEqual([156, 128, 125, 128]);
  });

  it('repeats the last row and column of an odd size', () => {
    const rgba = flat(3, 1, [0, 0, 0]);
    rgba.set([255, 255, 255], 4 * 2);
    const out = new Uint8Array(i420Bytes(3, 1));
    expect(out.length).toBe(12);
    rgbaToI420(rgba, 3, 1, out);
    expect([...out.subarray(0, 8)]).toEqual([16, 16, 235, 235, 16, 16, 235, 235]);
  });
});
