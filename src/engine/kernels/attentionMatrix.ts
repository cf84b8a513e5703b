import { invariant } from '../../lib/errors.ts';
import { type MatrixShape, multiplyingSubgroups, type Precision } from '../tuning/variants.ts';

/** Query rows of a tile, each with at least one invocation for its softmax. */
const queries = 64;

/**
 * How attention_matrix.wgsl is cut for a head of 4 * `vectors`: as many keys at a time as workgroup memory holds. The
 * matrices' sizes are 8 or 16.
 */
export function matrixDefines(
  { m, n, inner, lanes }: MatrixShape,
  vectors: number,
  precision: Precision,
  workgroupBytes: number,
) {
  const unit = Math.max(n, inner);
  const D = Math.ceil((4 * vectors) / unit) * unit;
  const value = precision === 'f16' ? 2 : 4;
  const bytes = (keys: number): number =>
    2 * keys * (D + 8) * value + queries * keys * (4 + value) + queries * 8 + 16;
  const smallest = Math.max(m, unit);
  const KEYS = [32, 16, 8].find((keys) => keys % smallest === 0 && bytes(keys) <= workgroupBytes);
  invariant(KEYS, `attention with subgroup matrices has no room for heads of ${4 * vectors}`);
  const INVOCATIONS = Math.max(queries, multiplyingSubgroups * lanes);
  return {
    ...{ M: m, N: n, K: inner, D, KEYS, INVOCATIONS },
    HALF: Number(precision === 'f16'),
    SPLIT: Math.min(4, INVOCATIONS / queries),
  };
}
