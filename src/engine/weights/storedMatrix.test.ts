import { describe, expect, it } from 'vitest';
import { randomFloats } from '../testing/random.ts';
import { decodeFloat16 } from './float16.ts';
import {
  codeTable,
  fittingFormat,
  halfBits,
  halfValue,
  packCodes,
  packMatrix,
  unpackMatrix,
} from './storedMatrix.ts';

const everyCode = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

/** Bits of every finite f16 number. */
const everyHalf = everyCode.filter((bits) => (bits & 0x7c00) !== 0x7c00);

describe('f16', () => {
  it('rounds to the nearest number, ties to even, and never past the largest', () => {
    expect(everyHalf.every((bits) => halfBits(halfValue(bits)) === bits)).toBe(true);
    expect(halfValue(halfBits(1 + 2 ** -11))).toBe(1);
    expect(halfValue(halfBits(1 + 3 * 2 ** -11))).toBe(1 + 2 ** -9);
    expect(halfValue(halfBits(2 ** -25))).toBe(0);
    expect(halfValue(halfBits(3 * 2 ** -25))).toBe(2 ** -23);
    expect(halfValue(halfBits(2 ** -14 - 2 ** -26))).toBe(2 ** -14);
    expect(halfValue(halfBits(-1e9))).toBe(-65504);
  });

  it('packs what a file holds without a change, subnormal numbers too', () => {
    const bits = everyHalf.filter((half) => Math.abs(halfValue(half)) < 63);
    const values = decodeFloat16(bits);
    const fromBits = packCodes(bits, 1, bits.length, codeTable(decodeFloat16(everyCode)));
    expect(fromBits).toEqual(packMatrix(values, 1, values.length, 'f16'));
    expect(unpackMatrix(fromBits, 1, values.length, 'f16')).toEqual(values);
    // No adapter may flush what is stored.
    const halves = new Uint16Array(fromBits.words.buffer);
    expect(halves.every((half) => (half & 0x7fff) === 0 || (half & 0x7c00) !== 0)).toBe(true);
  });

  it('packs rows with large numbers as they are', () => {
    const row = Float32Array.of(60000, -0.5, 2 ** -24, 0);
    expect(unpackMatrix(packMatrix(row, 1, 4, 'f16'), 1, 4, 'f16')).toEqual(row);
  });
});

describe.each(['int8', 'int4'] as const)('%s', (format) => {
  it('keeps every value within half a step', () => {
    const [columns, inner] = [5, 96];
    const values = randomFloats(1, columns * inner, 3);
    const decoded = unpackMatrix(packMatrix(values, columns, inner, format), columns, inner, format);
    for (let from = 0; from < values.length; from += 32) {
      const column = Math.floor(from / inner);
      const row = values.subarray(column * inner, (column + 1) * inner);
      const block = values.subarray(from, from + 32);
      const step =
        format === 'int8'
          ? Math.max(...row.map(Math.abs)) / 127
          : (Math.max(...block) - Math.min(...block)) / 15;
      for (let i = 0; i < 32; i++) {
        expect(Math.abs((decoded[from + i] ?? 0) - (block[i] ?? 0))).toBeLessThanOrEqual(step / 2 + 1e-6);
      }
    }
  });

  it('keeps constant blocks and zeros', () => {
    const values = new Float32Array(64).fill(0.25, 32);
    const decoded = unpackMatrix(packMatrix(values, 2, 32, format), 2, 32, format);
    expect(decoded.every((value, i) => Math.abs(value - (values[i] ?? 0)) < 1e-7)).toBe(true);
  });
});

it('falls back to what a size allows', () => {
  expect(fittingFormat('int4', 64)).toBe('int4');
  expect(fittingFormat('int4', 36)).toBe('int8');
  expect(fittingFormat('f16', 36)).toBe('f16');
  expect(fittingFormat('f16', 6)).toBe('f32');
});
