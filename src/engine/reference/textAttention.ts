import type { TextAttentionArguments } from '../kernels/textAttention.ts';
import { softmax } from './attention.ts';
import { at, type OnHost } from './values.ts';

/** Arguments of the kernel; buckets are computed here, so there is no table of them. */
export type HostTextAttentionArguments = Omit<OnHost<TextAttentionArguments>, 'buckets' | 'reach'> & {
  bucketCount: number;
  maxDistance: number;
};

/** T5 self-attention with relative position bias, each prompt by itself. */
export function textAttention(args: HostTextAttentionArguments): void {
  const { q, k, v, spans, bias, y, rows, heads, headSize, bucketCount, maxDistance } = args;
  const width = heads * headSize;
  for (let row = 0; row < rows; row++) {
    const first = at(spans, 2 * row);
    const keys = Array.from({ length: at(spans, 2 * row + 1) }, (_, i) => first + i);
    for (let head = 0; head < heads; head++) {
      const offset = head * headSize;
      const shares = softmax(
        keys.map((key) => {
          let logit = at(bias, relativeBucket(key - row, bucketCount, maxDistance) * heads + head);
          for (let i = 0; i < headSize; i++) {
            logit += at(q, row * width + offset + i) * at(k, key * width + offset + i);
          }
          return logit;
        }),
      );
      for (let i = 0; i < headSize; i++) {
        let sum = 0;
        for (const [n, key] of keys.entries()) sum += at(shares, n) * at(v, key * width + offset + i);
        y[row * width + offset + i] = sum;
      }
    }
  }
}

/**
 * T5's bucket of a distance key - query (Raffel et al. 2020, bidirectional). Half of the buckets serve the keys
 * after the query. Of a half with n buckets, the first n/2 hold one distance each; bucket n/2 + i begins where
 * (distance / (n/2))^(n/2) reaches (maxDistance / (n/2))^i, the logarithmic scale without logarithms.
 */
export function relativeBucket(distance: number, bucketCount: number, maxDistance: number): number {
  const perSide = bucketCount / 2;
  const exact = perSide / 2;
  const far = Math.abs(distance);
  let bucket = Math.min(far, exact);
  if (far >= exact) {
    const reached = (far / exact) ** exact;
    while (bucket + 1 < perSide && reached >= (maxDistance / exact) ** (bucket + 1 - exact)) bucket += 1;
  }
  return bucket + (distance > 0 ? perSide : 0);
}
