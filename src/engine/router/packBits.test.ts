import { expect, it } from 'vitest';
import { randomIntegers } from '../testing/random.ts';
import { bitsFor, packBits, packedBytes, unpackBits } from './packBits.ts';

it.each([0, 1, 2, 3, 4, 5, 7, 8])('gives back what was packed into %i bits', (bits) => {
  for (const count of [0, 1, 2, 3, 7, 8, 9, 63, 1000, 1001]) {
    const values = Uint8Array.from(randomIntegers(count + bits, count, 2 ** bits));
    const packed = packBits(values, bits);
    expect(packed).toHaveLength(packedBytes(count, bits));
    expect(unpackBits(packed, count, bits)).toEqual(values);
  }
});

it('lays values out from the lowest bit on', () => {
  expect([...packBits([1, 2, 3, 0, 1], 2)]).toEqual([0b00111001, 0b01]);
  expect([...packBits([0b10101, 0b11111], 5)]).toEqual([0b11110101, 0b11]);
});

it('takes as many bits as the values need', () => {
  expect([1, 2, 3, 4, 5, 8, 20, 256].map(bitsFor)).toEqual([0, 1, 2, 2, 3, 3, 5, 8]);
});
