import { describe, expect, it } from 'vitest';
import { bucketRuns, clusterListSizes } from '../../plan/routingMemory.ts';
import * as twin from '../reference/cluster.ts';
import { Output, run, testGpu } from '../testing/device.ts';
import { builtinTolerance, expectClose, sumTolerance } from '../testing/expectClose.ts';
import { randomFloats, randomIntegers, randomSource } from '../testing/random.ts';
import { bucketSort } from './bucketSort.ts';
import { clusterScores, clusterSelect, kmeansAssign, segmentMean } from './cluster.ts';

const gpu = await testGpu();

/** tokens, heads, head size, clusters */
const shapes = [
  [1, 1, 4, 1],
  [63, 2, 16, 7],
  [65, 3, 64, 20],
  [300, 1, 128, 33],
  [9000, 2, 4, 5],
] as const;

describe.each(shapes)('%i tokens, %i heads of %i, %i clusters', (tokens, heads, headSize, clusters) => {
  const x = randomFloats(1, tokens * heads * headSize);
  const sizes = { tokens, heads, headSize, clusters };

  it('sends rows to their nearest centroid', async () => {
    const centroids = randomFloats(2, heads * clusters * headSize);
    const labels = new Output(gpu, new Uint32Array(heads * tokens).fill(99));
    const buffers = { x: gpu.upload('x', x), centroids: gpu.upload('c', centroids), labels: labels.buffer };
    // In several dispatches, the last of which has fewer rows.
    const maxFlops = 3 * headSize * clusters * 100;
    run(gpu, await kmeansAssign(gpu, { ...buffers, ...sizes, maxFlops }));
    const expected = twin.kmeansAssign(x, centroids, sizes);
    const wrong = (await labels.words()).filter((label, i) => label !== expected[i]).length;
    // Rounding decides where two centroids are as near as each other.
    expect(wrong).toBeLessThanOrEqual(expected.length / 1000);
  });

  it('sorts by label, also where most buckets are empty', async () => {
    for (const end of [clusters, 1]) {
      const labels = randomIntegers(3, heads * tokens, end);
      const order = new Output(gpu, new Uint32Array(heads * tokens));
      const starts = new Output(gpu, new Uint32Array(heads * (clusters + 1)));
      const counts = gpu.buffer('counts', heads * clusters * bucketRuns(tokens).runs * 4);
      const args = { labels: gpu.upload('labels', labels), counts, tokens, heads, buckets: clusters };
      const sort = await bucketSort(gpu, { ...args, order: order.buffer, starts: starts.buffer });
      // Twice: the second must not see what the first left.
      run(gpu, [...sort, ...sort]);
      const expected = twin.bucketSort(labels, { tokens, heads, buckets: clusters });
      expect(await order.words()).toEqual(expected.order);
      expect(await starts.words()).toEqual(expected.starts);
    }
  });

  it('takes means of segments and leaves empty ones alone', async () => {
    const labels = randomIntegers(4, heads * tokens, Math.max(1, clusters - 1));
    const { order, starts } = twin.bucketSort(labels, { tokens, heads, buckets: clusters });
    const before = randomFloats(5, heads * clusters * headSize);
    const mean = new Output(gpu, before);
    const means = { heads, segments: clusters, positions: tokens, headSize };
    run(gpu, [
      await segmentMean(gpu, {
        x: gpu.upload('x', x),
        order: gpu.upload('order', order.slice()),
        starts: gpu.upload('starts', starts.slice()),
        mean: mean.buffer,
        ...means,
      }),
    ]);
    const expected = twin.segmentMean(x, order, starts, before, means);
    expectClose(await mean.floats(), expected, sumTolerance(tokens));
  });
});

it('scores clusters of queries for clusters of keys', async () => {
  const sizes = { heads: 3, queryClusters: 5, keyClusters: 7, headSize: 20 };
  const q = randomFloats(6, 3 * 5 * 20);
  const k = randomFloats(7, 3 * 7 * 20);
  const scores = Output.unwritten(gpu, 3 * 5 * 7);
  run(gpu, [
    await clusterScores(gpu, {
      q: gpu.upload('q', q),
      k: gpu.upload('k', k),
      scores: scores.buffer,
      ...sizes,
    }),
  ]);
  const expected = Array.from({ length: 3 * 5 * 7 }, (_, item) => {
    const head = Math.floor(item / 35);
    let sum = 0;
    for (let i = 0; i < 20; i++) {
      sum += (q[Math.floor(item / 7) * 20 + i] ?? 0) * (k[(head * 7 + (item % 7)) * 20 + i] ?? 0);
    }
    return sum / Math.sqrt(20);
  });
  expectClose(await scores.floats(), expected, builtinTolerance);
});

describe('the list of kept clusters', () => {
  const random = randomSource(8);
  /** Random cuts of `tokens` positions, empty clusters among them, for every head. */
  const cuts = (heads: number, tokens: number, clusters: number): number[] =>
    Array.from({ length: heads }, () => {
      const inner = Array.from({ length: clusters - 1 }, () => Math.floor(random() * (tokens + 1)));
      return [0, ...inner.sort((a, b) => a - b), tokens];
    }).flat();

  it.each([
    { heads: 1, tokens: 1, queryClusters: 1, keyClusters: 1, tile: 16, mass: 0.9, least: 1 },
    { heads: 2, tokens: 100, queryClusters: 6, keyClusters: 9, tile: 16, mass: 0.9, least: 1 },
    { heads: 2, tokens: 100, queryClusters: 6, keyClusters: 9, tile: 64, mass: 0.3, least: 4 },
    { heads: 3, tokens: 331, queryClusters: 11, keyClusters: 200, tile: 16, mass: 0.7, least: 3 },
    { heads: 1, tokens: 64, queryClusters: 64, keyClusters: 64, tile: 16, mass: 0, least: 1 },
    { heads: 1, tokens: 64, queryClusters: 5, keyClusters: 8, tile: 16, mass: 1, least: 1 },
  ])('%o', async (sizes) => {
    const { heads, tokens, queryClusters, keyClusters, tile, mass, least } = sizes;
    const queryStarts = cuts(heads, tokens, queryClusters);
    const keyStarts = cuts(heads, tokens, keyClusters);
    const scores = randomFloats(9, heads * queryClusters * keyClusters, 4);
    const { maxTiles, maxRuns, bytes } = clusterListSizes(sizes);
    const list = new Output(gpu, new Uint32Array(bytes / 4));
    run(
      gpu,
      await clusterSelect(gpu, {
        scores: gpu.upload('scores', scores),
        queryStarts: gpu.upload('query starts', new Uint32Array(queryStarts)),
        keyStarts: gpu.upload('key starts', new Uint32Array(keyStarts)),
        tileStarts: gpu.buffer('tile starts', heads * queryClusters * 4),
        list: list.buffer,
        ...sizes,
      }),
    );
    const words = await list.words();
    const [tiles = 0, runsAt = 0] = words;
    expect(tiles).toBeLessThanOrEqual(maxTiles);

    const actual: string[] = [];
    for (let t = 0; t < tiles; t++) {
      const [first, queries = 0, firstRun = 0, runs = 0] = words.subarray(4 + 4 * t);
      expect(queries).toBeLessThanOrEqual(tile);
      expect(runs).toBeLessThanOrEqual(maxRuns);
      const runWords = words.subarray(runsAt + 2 * firstRun, runsAt + 2 * (firstRun + runs));
      actual.push(`${first}+${queries}: ${[...runWords]}`);
    }
    const expected: string[] = [];
    for (let head = 0; head < heads; head++) {
      const keysAt = head * (keyClusters + 1);
      const keySizes = Array.from({ length: keyClusters }, (_, j) => {
        return (keyStarts[keysAt + j + 1] ?? 0) - (keyStarts[keysAt + j] ?? 0);
      });
      for (let i = 0; i < queryClusters; i++) {
        const at = (head * queryClusters + i) * keyClusters;
        const kept = twin.clusterSelect([...scores.subarray(at, at + keyClusters)], keySizes, mass, least);
        const runs: number[] = [];
        let end = -1;
        for (const [j, count] of keySizes.entries()) {
          if (!kept[j]) continue;
          const start = keyStarts[keysAt + j] ?? 0;
          if (start === end) runs[runs.length - 1] = (runs.at(-1) ?? 0) + count;
          else runs.push(head * tokens + start, count);
          end = start + count;
        }
        const first = queryStarts[head * (queryClusters + 1) + i] ?? 0;
        const last = queryStarts[head * (queryClusters + 1) + i + 1] ?? 0;
        for (let query = first; query < last; query += tile) {
          expected.push(`${head * tokens + query}+${Math.min(tile, last - query)}: ${runs}`);
        }
      }
    }
    expect(actual).toEqual(expected);
  });
});
