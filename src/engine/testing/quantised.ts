import { fittingFormat, type PackedMatrix, packMatrix, unpackMatrix } from '../weights/storedMatrix.ts';
import type { TensorSource } from '../weights/tensorSource.ts';

/**
 * A checkpoint whose Linears in blocks have the values that a packed format keeps of them, in f32: what a format costs
 * in accuracy, without kernels of its own, whose decoding tests of gemm compare with these values.
 */
export function quantised(source: TensorSource, format: PackedMatrix['format']): TensorSource {
  return {
    name: source.name,
    has: (name) => source.has(name),
    shape: (name) => source.shape(name),
    rows: (name, first, count) => source.rows(name, first, count),
    storedType: () => null,
    stored: () => Promise.reject(new Error('quantised tensors are stored nowhere')),
    async floats(name, shape) {
      const values = await source.floats(name, shape);
      const [columns = 0, inner = 0, ...more] = shape ?? [];
      if (!/^blocks\.\d+\..*\.weight$/.test(name) || inner < 2 || more.length > 0) return values;
      const kept = fittingFormat(format, inner);
      if (kept === 'f32' || name.includes('pos_embedding')) return values;
      return unpackMatrix(packMatrix(values, columns, inner, kept), columns, inner, kept);
    },
  };
}
