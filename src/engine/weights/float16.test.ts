import { expect, it } from 'vitest';
import { decodeBfloat16, decodeFloat16 } from './float16.ts';

const allBits = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

/** The f32 with these bits. */
function float32(bits: number): number {
  return new Float32Array(new Uint32Array([bits]).buffer)[0] ?? Number.NaN;
}

it('decodes every float16', () => {
  const values = decodeFloat16(allBits);
  expect(values).toHaveLength(65536);
  for (const bits of allBits) {
    const magnitude = bits & 0x7fff;
    const sign = bits & 0x8000 ? -1 : 1;
    // Exponent and fraction in the places that f32 has for them; the factor is the difference of the two biases.
    const finite = sign * float32(magnitude << 13) * 2 ** (127 - 15);
    const infinite = magnitude === 0x7c00 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    const expected = magnitude < 0x7c00 ? finite : infinite;
    if (!Object.is(values[bits], expected)) expect.fail(`${bits} became ${values[bits]}, not ${expected}`);
  }
});

it('decodes every bfloat16', () => {
  const values = decodeBfloat16(allBits);
  expect(values).toHaveLength(65536);
  for (const bits of allBits) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 7) & 255;
    const fraction = bits & 127;
    const finite = sign * (exponent === 0 ? fraction : 128 + fraction) * 2 ** (Math.max(exponent, 1) - 134);
    const infinite = fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    const expected = exponent < 255 ? finite : infinite;
    if (!Object.is(values[bits], expected)) expect.fail(`${bits} became ${values[bits]}, not ${expected}`);
  }
});

it('knows some values', () => {
  expect([...decodeFloat16(Uint16Array.of(0x3c00, 0xc000, 0x3555, 0x7bff, 0x0001))]).toEqual([
    1,
    -2,
    0.333251953125,
    65504,
    2 ** -24,
  ]);
  expect([...decodeBfloat16(Uint16Array.of(0x3f80, 0xc000, 0x4049))]).toEqual([1, -2, 3.140625]);
});
