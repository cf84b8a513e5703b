import { decodeFloat8E4m3, decodeFloat8E5m2 } from './float8.ts';
import { decodeBfloat16, decodeFloat16 } from './float16.ts';

/** Bytes an element takes, for the element types that the safetensors format knows. */
export const elementBytes = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
} as const;

export type ElementType = keyof typeof elementBytes;

export function isElementType(type: string): type is ElementType {
  return Object.hasOwn(elementBytes, type);
}

/** Floating-point elements as f32; null for types that are no floating-point ones. `raw` is aligned to the element. */
export function decodeFloats(
  type: ElementType,
  raw: Uint8Array<ArrayBuffer>,
): Float32Array<ArrayBuffer> | null {
  const { buffer, byteOffset, byteLength } = raw;
  switch (type) {
    case 'F32':
      return new Float32Array(buffer, byteOffset, byteLength / 4);
    case 'F16':
      return decodeFloat16(new Uint16Array(buffer, byteOffset, byteLength / 2));
    case 'BF16':
      return decodeBfloat16(new Uint16Array(buffer, byteOffset, byteLength / 2));
    case 'F64':
      return Float32Array.from(new Float64Array(buffer, byteOffset, byteLength / 8));
    case 'F8_E4M3':
      return decodeFloat8E4m3(raw);
    case 'F8_E5M2':
      return decodeFloat8E5m2(raw);
    default:
      return null;
  }
}

/** Whether every element is a finite number, without making numbers of them; true for types that are no floating-point ones. */
export function allFinite(type: ElementType, raw: Uint8Array<ArrayBuffer>): boolean {
  const { buffer, byteOffset, byteLength } = raw;
  switch (type) {
    case 'F32':
      return noneFilled(new Uint32Array(buffer, byteOffset, byteLength / 4), 0x7f80_0000);
    case 'F16':
      return noneFilled(new Uint16Array(buffer, byteOffset, byteLength / 2), 0x7c00);
    case 'BF16':
      return noneFilled(new Uint16Array(buffer, byteOffset, byteLength / 2), 0x7f80);
    case 'F64':
      // What f32 cannot hold is no finite number here.
      return new Float64Array(buffer, byteOffset, byteLength / 8).every((value) =>
        Number.isFinite(Math.fround(value)),
      );
    case 'F8_E4M3':
      return noneFilled(raw, 0x7f);
    case 'F8_E5M2':
      return noneFilled(raw, 0x7c);
    default:
      return true;
  }
}

/** Whether no element has all bits of the mask set; a loop, since weights have billions of elements. */
function noneFilled(elements: Uint8Array | Uint16Array | Uint32Array, mask: number): boolean {
  for (let i = 0; i < elements.length; i++) {
    if (((elements[i] ?? 0) & mask) === mask) return false;
  }
  return true;
}
