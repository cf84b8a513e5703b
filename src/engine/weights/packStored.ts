import { decodeFloats, type ElementType } from './elementTypes.ts';
import { decodeFloat8E4m3, decodeFloat8E5m2 } from './float8.ts';
import { halfBits, type PackedMatrix, type PackedWords, packHalfBits, packMatrix } from './storedMatrix.ts';
import type { StoredTensor } from './tensorSource.ts';

/** Bits of the f16 number that an fp8 code stands for, by type: every fp8 number is one. */
const halves: Partial<Record<ElementType, Uint16Array>> = {};

/**
 * Packs rows [columns, inner] of a matrix as its file stores them; null where they are no floating-point numbers.
 * In f16 nothing is lost of f16 and fp8 files: those keep their codes' values, and the file's scale goes into the rows'
 * own, so that the shader multiplies by it as the reference does.
 */
export function packStored(
  { type, bytes, scale }: Pick<StoredTensor, 'type' | 'bytes' | 'scale'>,
  columns: number,
  inner: number,
  format: PackedMatrix['format'],
): PackedWords | null {
  const bits = format === 'f16' ? halvesOf(type, bytes) : null;
  if (bits) {
    const packed = packHalfBits(bits, columns, inner);
    if (scale !== 1) for (const [i, own] of packed.scales.entries()) packed.scales[i] = own * scale;
    return packed;
  }
  const values = decodeFloats(type, bytes);
  if (!values) return null;
  if (scale !== 1) for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) * scale;
  return packMatrix(values, columns, inner, format);
}

function halvesOf(type: ElementType, bytes: Uint8Array<ArrayBuffer>): Uint16Array | null {
  if (type === 'F16') return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
  if (type !== 'F8_E4M3' && type !== 'F8_E5M2') return null;
  const decode = type === 'F8_E4M3' ? decodeFloat8E4m3 : decodeFloat8E5m2;
  halves[type] ??= Uint16Array.from(decode(Uint8Array.from({ length: 256 }, (_, code) => code)), halfBits);
  const table = halves[type];
  const out = new Uint16Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) out[i] = table[bytes[i] ?? 0] ?? 0;
  return out;
}
