import { expect, it } from 'vitest';
import { relativeBucket } from '../reference/textAttention.ts';
import { relativeBuckets } from './textAttention.ts';

it('relativeBuckets follows the formula at every distance', () => {
  const reach = 600;
  const table = relativeBuckets(reach, 32, 128);
  expect(table).toHaveLength(2 * reach + 1);
  for (const [i, bucket] of table.entries()) {
    expect(bucket, `distance ${i - reach}`).toBe(relativeBucket(i - reach, 32, 128));
  }
});
