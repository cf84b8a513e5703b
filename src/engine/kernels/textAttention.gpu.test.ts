import { describe, it } from 'vitest';
import * as reference from '../reference/textAttention.ts';
import { Output, run, testGpu } from '../testing/device.ts';
import { builtinTolerance, expectClose } from '../testing/expectClose.ts';
import { randomFloats } from '../testing/random.ts';
import { relativeBuckets, textAttention } from './textAttention.ts';

const gpu = await testGpu();

const bucketCount = 32;
const maxDistance = 128;

describe('textAttention', () => {
  async function check(
    lengths: readonly number[],
    heads: number,
    headSize: number,
    operands?: { q: Float32Array<ArrayBuffer>; k: Float32Array<ArrayBuffer> },
  ): Promise<void> {
    const rows = lengths.reduce((sum, length) => sum + length, 0);
    const spans: number[] = [];
    let first = 0;
    for (const length of lengths) {
      for (let i = 0; i < length; i++) spans.push(first, length);
      first += length;
    }
    const count = rows * heads * headSize;
    const q = operands?.q ?? randomFloats(1, count);
    const k = operands?.k ?? randomFloats(2, count);
    const v = randomFloats(3, count);
    const bias = randomFloats(4, bucketCount * heads, 2);
    const spanWords = new Uint32Array(spans);
    const reach = Math.max(...lengths);
    const sizes = { rows, heads, headSize };

    const output = Output.unwritten(gpu, count);
    const dispatch = await textAttention(gpu, {
      q: gpu.upload('q', q),
      k: gpu.upload('k', k),
      v: gpu.upload('v', v),
      spans: gpu.upload('spans', spanWords),
      buckets: gpu.upload('buckets', relativeBuckets(reach, bucketCount, maxDistance)),
      bias: gpu.upload('bias', bias),
      y: output.buffer,
      ...sizes,
      reach,
    });
    run(gpu, [dispatch]);

    const y = new Float64Array(count);
    reference.textAttention({ q, k, v, spans: spanWords, bias, y, ...sizes, bucketCount, maxDistance });
    expectClose(await output.floats(), y, builtinTolerance);
  }

  it.each([
    [[1], 1, 4],
    [[7, 1, 12], 3, 8],
    [[16], 1, 64],
    [[1, 1, 1], 2, 12],
    [[31, 32], 2, 16],
    [[197], 1, 4],
  ])('reads prompts of %j words with %i heads of %i', async (lengths, heads, headSize) => {
    await check(lengths, heads, headSize);
  });

  it('survives logits up to 1e4 in both directions', async () => {
    const whole = (seed: number) => randomFloats(seed, 23 * 16, 30).map(Math.round);
    await check([23], 1, 16, { q: whole(5), k: whole(6) });
  });
});
