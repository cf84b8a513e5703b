import type { Run, SegmentList } from '../../plan/types.ts';
import type { AttentionArguments } from '../kernels/attention.ts';
import { at, type OnHost } from './values.ts';

/** Arguments of the kernel with the list as the plan states it. */
export type HostAttentionArguments = Omit<OnHost<AttentionArguments>, 'list'> & { list: SegmentList };

/** Attention over a segment list: softmax as it is defined, one query row and head at a time, in f64. */
export function attention(args: HostAttentionArguments): void {
  const { q, k, v, list, weight, out, heads, headSize, outputScale = 1, accumulate = false, merge } = args;
  const { laterAt = 0 } = args;
  const width = heads * headSize;
  for (const segment of list.segments) {
    const keys = segment.keys.flatMap((run) => rowsOf(run, list.keyRows));
    const early = segment.keys[0]?.count ?? 0;
    for (const row of rowsOf(segment.queries, list.queryRows)) {
      const factor = outputScale * (weight ? at(weight, row) : 1);
      const later = weight && laterAt > 0 ? at(weight, laterAt + row) : 0;
      for (let head = 0; head < heads; head++) {
        const offset = head * headSize;
        const logits = keys.map((key, n) => {
          let dot = 0;
          for (let i = 0; i < headSize; i++) {
            dot += at(q, row * width + offset + i) * at(k, key * width + offset + i);
          }
          return dot / Math.sqrt(headSize) + (n < early ? 0 : later);
        });
        const shares = softmax(logits);
        let kept = accumulate ? 1 : 0;
        let scale = factor;
        if (merge) {
          const massAt = merge.rows * width + 4 * (row * heads + head);
          const before = merge.first ? Number.NEGATIVE_INFINITY : at(out, massAt);
          const mass = logSum([...logits.map((logit) => logit + Math.log(factor)), before]);
          kept = Math.exp(before - mass);
          scale = 1 - kept;
          out.set([mass, 0, 0, 0], massAt);
        }
        for (let i = 0; i < headSize; i++) {
          let sum = 0;
          for (const [n, key] of keys.entries()) sum += at(shares, n) * at(v, key * width + offset + i);
          const index = row * width + offset + i;
          out[index] = (kept === 0 ? 0 : kept * at(out, index)) + scale * sum;
        }
      }
    }
  }
}

/** Shares that sum to 1; none for no logits. */
export function softmax(logits: readonly number[]): number[] {
  const top = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - top));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** The logarithm of the sum of their powers; as good as nothing for none, as kernels write it. */
function logSum(logs: readonly number[]): number {
  const top = Math.max(...logs);
  if (!(top > -1e30)) return -1e30;
  return top + Math.log(logs.reduce((total, log) => total + Math.exp(log - top), 0));
}

function rowsOf({ start, count }: Run, rows: Uint32Array | null): number[] {
  return Array.from({ length: count }, (_, i) => (rows ? at(rows, start + i) : start + i));
}
