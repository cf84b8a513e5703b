import { describe, expect, it } from 'vitest';
import { encodeFloats } from '../testing/encodeFloats.ts';
import { randomFloats } from '../testing/random.ts';
import { decodeFloats } from './elementTypes.ts';
import { packStored } from './packStored.ts';
import { type PackedWords, packedBytes, packMatrix, unpackMatrix } from './storedMatrix.ts';

const [columns, inner] = [4, 64];

function packed(words: PackedWords | null): PackedWords {
  if (!words) throw new Error('nothing was packed');
  return words;
}

describe('packStored', () => {
  it.each([
    ['F8_E4M3', 0x7f],
    ['F8_E5M2', 0x7c],
  ] as const)(
    'keeps every number of %s times its scale in f16 exactly as the reference has it',
    (type, special) => {
      const codes = Uint8Array.from({ length: 256 }, (_, code) => ((code & special) === special ? 0 : code));
      const scale = Math.fround(0.0123);
      const words = packed(packStored({ type, bytes: codes, scale }, columns, inner, 'f16'));
      const reference = decodeFloats(type, codes)?.map((value) => value * scale);
      expect(unpackMatrix(words, columns, inner, 'f16')).toEqual(reference);
    },
  );

  it.each(['F32', 'F16', 'BF16'] as const)('packs %s as from its numbers', (type) => {
    const bytes = encodeFloats(type, randomFloats(1, columns * inner));
    const values = decodeFloats(type, bytes) ?? new Float32Array();
    for (const format of ['f16', 'int8', 'int4'] as const) {
      const words = packStored({ type, bytes, scale: 1 }, columns, inner, format);
      expect(words).toEqual(packMatrix(values, columns, inner, format));
      expect(words?.words.byteLength).toBe(packedBytes(columns, inner, format).words);
      expect(words?.scales.byteLength).toBe(packedBytes(columns, inner, format).scales);
    }
  });

  it('multiplies by the scale before it takes bits away', () => {
    const bytes = encodeFloats('F32', randomFloats(1, columns * inner));
    const half = packed(
      packStored({ type: 'F32', bytes: bytes.slice(), scale: 0.5 }, columns, inner, 'int8'),
    );
    const whole = packed(packStored({ type: 'F32', bytes, scale: 1 }, columns, inner, 'int8'));
    expect(half.words).toEqual(whole.words);
    expect(half.scales).toEqual(whole.scales.map((step) => step / 2));
  });

  it('knows no weights in whole numbers', () => {
    expect(packStored({ type: 'I32', bytes: new Uint8Array(4 * 64), scale: 1 }, 1, 64, 'f16')).toBeNull();
  });
});
