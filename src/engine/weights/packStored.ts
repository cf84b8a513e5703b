import { decodeFloats, type ElementType, elementBytes } from './elementTypes.ts';
import {
  type CodeTable,
  codeTable,
  type PackedMatrix,
  type PackedWords,
  packCodes,
  packMatrix,
} from './storedMatrix.ts';
import type { StoredTensor } from './tensorSource.ts';

const tables: Partial<Record<ElementType, CodeTable>> = {};

/**
 * Packs rows [columns, inner] of a matrix as its file stores them; null where they are no floating-point numbers.
 * In f16 nothing is lost of f16 and fp8 files: those keep their codes' values, and the file's scale goes into the rows'
 * own, so that the shader multiplies by it as the reference does. bf16 loses only what is too small for f16 beside the
 * largest value of its row.
 */
export function packStored(
  { type, bytes, scale }: Pick<StoredTensor, 'type' | 'bytes' | 'scale'>,
  columns: number,
  inner: number,
  format: PackedMatrix['format'],
): PackedWords | null {
  const table = format === 'f16' ? tableOf(type) : null;
  if (table) {
    const codes =
      elementBytes[type] === 1
        ? bytes
        : new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
    const packed = packCodes(codes, columns, inner, table);
    if (scale !== 1) for (const [i, own] of packed.scales.entries()) packed.scales[i] = own * scale;
    return packed;
  }
  const values = decodeFloats(type, bytes);
  if (!values) return null;
  if (scale !== 1) for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) * scale;
  return packMatrix(values, columns, inner, format);
}

/** The table of a type, made when it is first asked for; null for types of more than 16 bits and whole numbers. */
function tableOf(type: ElementType): CodeTable | null {
  if (tables[type]) return tables[type];
  if (elementBytes[type] > 2) return null;
  const codes =
    elementBytes[type] === 1
      ? Uint8Array.from({ length: 256 }, (_, code) => code)
      : Uint16Array.from({ length: 65536 }, (_, code) => code);
  const values = decodeFloats(type, new Uint8Array(codes.buffer));
  if (!values) return null;
  const table = codeTable(values);
  tables[type] = table;
  return table;
}
