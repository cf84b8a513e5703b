import { describe, expect, it } from 'vitest';
import type { Run, SegmentList } from '../../plan/types.ts';
import type { Dispatch } from '../gpu/gpu.ts';
import * as reference from '../reference/attention.ts';
import { groupSort as referenceGroupSort } from '../reference/route.ts';
import { describeFamily, Output, run, testGpu } from '../testing/device.ts';
import { builtinTolerance, expectClose, halfTolerance } from '../testing/expectClose.ts';
import { randomFloats, randomIntegers, randomPermutation } from '../testing/random.ts';
import { attention, attentionFamily, tileQueries, uploadSegments } from './attention.ts';
import { groupSort } from './route.ts';

const gpu = await testGpu();

const rows = (start: number, count: number): Run => ({ start, count });

/** Every one of `queryCount` rows attends to every one of `keyCount` rows. */
function dense(queryCount: number, keyCount: number): SegmentList {
  return {
    queryRows: null,
    keyRows: null,
    segments: [{ queries: rows(0, queryCount), keys: [rows(0, keyCount)] }],
  };
}

/** 97 queries and 71 keys in random order: several runs, runs of one key, empty runs, no runs, no queries. */
const mixed: SegmentList = {
  queryRows: randomPermutation(11, 97),
  keyRows: randomPermutation(12, 71),
  segments: [
    { queries: rows(0, 17), keys: [rows(3, 1), rows(60, 11), rows(0, 0), rows(20, 6)] },
    { queries: rows(17, 1), keys: [rows(70, 1)] },
    { queries: rows(18, 0), keys: [rows(0, 71)] },
    { queries: rows(18, 64), keys: [rows(0, 33), rows(33, 0), rows(34, 32)] },
    { queries: rows(82, 5), keys: [] },
    { queries: rows(87, 3), keys: [rows(9, 0)] },
    { queries: rows(90, 7), keys: [rows(5, 1), rows(1, 1), rows(3, 1), rows(2, 1), rows(4, 1)] },
  ],
};

/** Keys that a row sees, in a list whose rows are in some order. */
function keysOf({ queryRows, keyRows, segments }: SegmentList, row: number): number[] {
  const place = queryRows ? queryRows.indexOf(row) : row;
  const segment = segments.find(
    ({ queries }) => place >= queries.start && place < queries.start + queries.count,
  );
  return (segment?.keys ?? []).flatMap(({ start, count }) =>
    Array.from({ length: count }, (_, i) => keyRows?.[start + i] ?? start + i),
  );
}

interface Case {
  list: SegmentList;
  queryCount: number;
  keyCount: number;
  heads?: number;
  headSize?: number;
  weighted?: boolean;
  /** Keys of later runs gain something. */
  later?: boolean;
  accumulate?: boolean;
  outputScale?: number;
  maxFlops?: number;
  q?: Float32Array<ArrayBuffer>;
  k?: Float32Array<ArrayBuffer>;
}

describeFamily(gpu, attentionFamily, (variant, precision) => {
  const tile = tileQueries(variant);
  const tolerance = precision === 'f16' ? halfTolerance() : builtinTolerance;

  /** Runs a case on the GPU and by its twin; returns what the GPU made. */
  async function check(test: Case): Promise<Float32Array> {
    const { list, queryCount, keyCount, heads = 2, headSize = 16, accumulate = false } = test;
    const width = heads * headSize;
    const q = test.q ?? randomFloats(1, queryCount * width, 3);
    const k = test.k ?? randomFloats(2, keyCount * width, 3);
    const v = randomFloats(3, keyCount * width);
    const weight = randomFloats(4, 2 * queryCount);
    const before = randomFloats(5, queryCount * width);
    const settings = {
      ...{ heads, headSize, accumulate, outputScale: test.outputScale ?? 1 },
      ...(test.later && { laterAt: queryCount }),
    };

    const output = new Output(gpu, before);
    const dispatches = await attention(gpu, {
      q: gpu.upload('q', q),
      k: gpu.upload('k', k),
      v: gpu.upload('v', v),
      list: uploadSegments(gpu, 'test', list, queryCount, keyCount, variant),
      ...(test.weighted && { weight: gpu.upload('weight', weight) }),
      out: output.buffer,
      ...settings,
      ...(test.maxFlops && { maxFlops: test.maxFlops }),
      variant,
    });
    if (test.maxFlops) expect(dispatches.length).toBeGreaterThan(1);
    run(gpu, dispatches);

    const out = Float64Array.from(before);
    reference.attention({ q, k, v, list, ...(test.weighted && { weight }), out, ...settings });
    const actual = await output.floats();
    expectClose(actual, out, tolerance);
    return actual;
  }

  it.each([1, 3, 4, 5, tile - 1, tile, tile + 1, 97, 4 * tile + 1])(
    'is dense over %i rows',
    async (count) => {
      await check({ list: dense(count, count), queryCount: count, keyCount: count });
    },
  );

  it.each([1, 2, 31, 32, 33, 67])('attends from 19 rows to %i others', async (keyCount) => {
    await check({ list: dense(19, keyCount), queryCount: 19, keyCount });
  });

  it('follows rows and runs of every kind', async () => {
    await check({ list: mixed, queryCount: 97, keyCount: 71 });
  });

  it.each([
    [4, 3],
    [48, 2],
    [64, 4],
    [96, 1],
    [128, 2],
  ])('has heads of %i, %i of them', async (headSize, heads) => {
    await check({ list: mixed, queryCount: 97, keyCount: 71, headSize, heads });
  });

  it('weights rows', async () => {
    await check({ list: mixed, queryCount: 97, keyCount: 71, weighted: true });
  });

  it.each([16, 128])('lets keys of later runs count more or less, in heads of %i', async (headSize) => {
    const test = { list: mixed, queryCount: 97, keyCount: 71, headSize, weighted: true };
    const plain = await check(test);
    const later = await check({ ...test, later: true });
    // Rows of one run stay what they are.
    const alone = (mixed.queryRows ?? [])[17] ?? 0;
    const width = 2 * headSize;
    expect(later.slice(alone * width, (alone + 1) * width)).toEqual(
      plain.slice(alone * width, (alone + 1) * width),
    );
    expect(later).not.toEqual(plain);
  });

  it('refuses what later runs gain without weights before it', async () => {
    const test = { list: dense(3, 3), queryCount: 3, keyCount: 3, later: true };
    await expect(check(test)).rejects.toThrow('lies behind weights');
  });

  it('adds to the output, scaled', async () => {
    await check({ list: mixed, queryCount: 97, keyCount: 71, accumulate: true, outputScale: 1 / 3 });
  });

  it('adds weighted rows to the output', async () => {
    await check({
      list: mixed,
      queryCount: 97,
      keyCount: 71,
      weighted: true,
      accumulate: true,
      outputScale: -2,
    });
  });

  it('gives the same in several dispatches', async () => {
    const whole = await check({ list: mixed, queryCount: 97, keyCount: 71 });
    const parts = await check({ list: mixed, queryCount: 97, keyCount: 71, maxFlops: 100_000 });
    expect(parts).toEqual(whole);
  });

  it('writes zeros for rows without keys and leaves rows outside of the list alone', async () => {
    const list: SegmentList = {
      queryRows: null,
      keyRows: null,
      segments: [
        { queries: rows(2, 3), keys: [] },
        { queries: rows(7, 2), keys: [rows(0, 4)] },
      ],
    };
    const actual = await check({ list, queryCount: 12, keyCount: 4 });
    expect(actual.slice(2 * 32, 5 * 32).every((value) => value === 0)).toBe(true);
    expect(actual.slice(9 * 32)).toEqual(randomFloats(5, 12 * 32).slice(9 * 32));
  });

  it('does nothing for an empty list', async () => {
    const list: SegmentList = { queryRows: null, keyRows: null, segments: [] };
    expect(await check({ list, queryCount: 3, keyCount: 3 })).toEqual(randomFloats(5, 3 * 32));
  });

  // Whole numbers, so that logits up to +-1e4 are exact in f32 and the twin sees the same ones.
  it.skipIf(precision === 'f16')('survives logits up to 1e4 in both directions', async () => {
    const whole = (seed: number, count: number) => randomFloats(seed, count, 60).map(Math.round);
    const [queryCount, keyCount] = [33, 71];
    const q = whole(6, queryCount * 32);
    const k = whole(7, keyCount * 32);
    await check({ list: dense(queryCount, keyCount), queryCount, keyCount, q, k });
  });

  it.each([1e4, -1e4])('averages when every logit is %d', async (logit) => {
    const q = new Float32Array(5 * 32).fill(50);
    const k = new Float32Array(21 * 32).fill(logit / 200);
    await check({ list: dense(5, 21), queryCount: 5, keyCount: 21, q, k });
  });

  it('runs more workgroups than one dimension holds', async () => {
    const count = 65_537;
    const list: SegmentList = {
      queryRows: null,
      keyRows: null,
      // Workgroups without keys write zeros, and take a CPU next to no time.
      segments: Array.from({ length: count }, (_, row) => ({
        queries: rows(row, 1),
        keys: row % 61 === 0 || row > 65_500 ? [rows(row, 1), rows(count - 1 - row, 1)] : [],
      })),
    };
    await check({ list, queryCount: count, keyCount: count, headSize: 4, heads: variant === 'quad' ? 4 : 1 });
  });

  it('makes one softmax of several lists', async () => {
    const [heads, headSize, count] = [3, 12, 97];
    const width = heads * headSize;
    const q = randomFloats(1, count * width, 3);
    const k = randomFloats(2, count * width, 3);
    const v = randomFloats(3, count * width);
    const weight = randomFloats(4, count).map((value) => 0.05 + Math.abs(value));
    const halves: SegmentList = {
      queryRows: randomPermutation(13, count),
      keyRows: randomPermutation(14, count),
      segments: [
        { queries: rows(0, 60), keys: [rows(0, 41), rows(90, 1)] },
        { queries: rows(60, 37), keys: [rows(3, 7)] },
      ],
    };
    // In `mixed` some rows have no keys, here as queries of a list that goes on and of the one that begins.
    const lists: [SegmentList, weighted: boolean, outputScale: number][] = [
      [{ ...mixed, keyRows: randomPermutation(12, count) }, true, 2],
      [halves, true, 1],
      [{ ...mixed, keyRows: randomPermutation(15, count) }, false, 0.3],
      [dense(count, 5), false, 1],
    ];
    const before = randomFloats(5, count * (width + 4 * heads));
    const output = new Output(gpu, before);
    const out = Float64Array.from(before);
    const buffers = {
      q: gpu.upload('q', q),
      k: gpu.upload('k', k),
      v: gpu.upload('v', v),
      out: output.buffer,
    };
    const weights = gpu.upload('weight', weight);
    const dispatches: Dispatch[] = [];
    for (const [i, [list, weighted, outputScale]] of lists.entries()) {
      const settings = { heads, headSize, outputScale, merge: { rows: count, first: i === 0 } };
      const uploaded = uploadSegments(gpu, 'test', list, count, count, variant);
      dispatches.push(
        ...(await attention(gpu, {
          ...buffers,
          ...settings,
          list: uploaded,
          ...(weighted && { weight: weights }),
          maxFlops: 200_000,
          variant,
        })),
      );
      reference.attention({ q, k, v, list, ...(weighted && { weight }), out, ...settings });
    }
    run(gpu, dispatches);
    const actual = await output.floats();
    expectClose(actual.subarray(0, count * width), out.subarray(0, count * width), tolerance);
    // What all lists together are, from the definition: a key counts as often as it is seen, by the lists' weights.
    const counted = new Map<number, number>();
    const row = 17;
    for (const [list, weighted, outputScale] of lists) {
      for (const key of keysOf(list, row)) {
        const counts = outputScale * (weighted ? (weight[row] ?? 0) : 1);
        counted.set(key, (counted.get(key) ?? 0) + counts);
      }
    }
    const dot = (key: number): number =>
      Array.from(
        { length: headSize },
        (_, i) => (q[row * width + i] ?? 0) * (k[key * width + i] ?? 0),
      ).reduce((sum, product) => sum + product, 0);
    const powers = [...counted].map(
      ([key, times]) => [key, times * Math.exp(dot(key) / Math.sqrt(headSize))] as const,
    );
    const sum = powers.reduce((total, [, power]) => total + power, 0);
    const expected = powers.reduce((total, [key, power]) => total + (power / sum) * (v[key * width] ?? 0), 0);
    expectClose(actual.subarray(row * width, row * width + 1), [expected], tolerance);
  });

  it('refuses to merge and to add at once', async () => {
    const buffer = gpu.buffer('values', 4 * 8 * 4);
    const list = uploadSegments(gpu, 'test', dense(1, 1), 1, 1, variant);
    const operands = { q: buffer, k: buffer, v: buffer, list, out: buffer, heads: 1, headSize: 4, variant };
    const merge = { rows: 1, first: true };
    await expect(attention(gpu, { ...operands, merge, accumulate: true })).rejects.toThrow('not both');
  });

  describe('over groups sorted on the GPU', () => {
    const cases: readonly (readonly [name: string, groups: number, group: Uint32Array<ArrayBuffer>])[] = [
      ['one group', 1, new Uint32Array(67)],
      ['four groups', 4, randomIntegers(21, 131, 4)],
      ['one token', 5, new Uint32Array([3])],
      ['one of five groups holding all', 5, new Uint32Array(131).fill(2)],
      ['groups with empty ones between', 20, randomIntegers(22, 97, 7).map((g) => 3 * g)],
      ['32 groups, most of one token', 32, Uint32Array.from({ length: 35 }, (_, i) => 31 - (i % 32))],
    ];

    it.each(cases)('%s', async (_, groups, group) => {
      const [heads, headSize] = [2, 16];
      const width = heads * headSize;
      const q = randomFloats(1, group.length * width, 3);
      const k = randomFloats(2, group.length * width, 3);
      const v = randomFloats(3, group.length * width);
      const weight = randomFloats(4, group.length);

      const spans = [rows(0, group.length)];
      const sort = await groupSort(gpu, gpu.upload('group', group), spans, groups, { attention: variant });
      const output = Output.unwritten(gpu, group.length * width);
      const dispatches = await attention(gpu, {
        q: gpu.upload('q', q),
        k: gpu.upload('k', k),
        v: gpu.upload('v', v),
        list: sort.list,
        weight: gpu.upload('weight', weight),
        out: output.buffer,
        heads,
        headSize,
        variant,
      });
      run(gpu, [...sort.dispatches, ...dispatches]);

      const out = new Float64Array(group.length * width);
      reference.attention({ q, k, v, list: referenceGroupSort(group, groups), weight, out, heads, headSize });
      expectClose(await output.floats(), out, tolerance);
    });
  });
});
