import { describe, expect, it } from 'vitest';
import type { Run } from '../../plan/types.ts';
import * as reference from '../reference/route.ts';
import { describeFamily, Output, run, testGpu } from '../testing/device.ts';
import { builtinTolerance, expectClose } from '../testing/expectClose.ts';
import { randomFloats, randomIntegers } from '../testing/random.ts';
import { type AttentionVariant, tileQueries, tileWords } from './attention.ts';
import { groupSort, route, routeFamily, sortFamily } from './route.ts';

const gpu = await testGpu();

const groupCounts = [1, 4, 5, 20, 32];

describeFamily(gpu, routeFamily, (variant) => {
  async function check(
    x: Float32Array<ArrayBuffer>,
    router: Float32Array<ArrayBuffer>,
    sizes: { rows: number; width: number; groups: number; firstRow?: number },
  ): Promise<Uint32Array> {
    const { rows, firstRow = 0 } = sizes;
    const before = new Uint32Array(firstRow + rows).fill(99);
    const group = new Output(gpu, before);
    const weight = new Output(gpu, new Float32Array(firstRow + rows).fill(-1));
    const dispatch = await route(gpu, {
      x: gpu.upload('x', x),
      router: gpu.upload('router', router),
      group: group.buffer,
      weight: weight.buffer,
      ...sizes,
      variant,
    });
    run(gpu, [dispatch]);
    const expectedGroup = before.slice();
    const expectedWeight = new Float64Array(firstRow + rows).fill(-1);
    reference.route({ x, router, group: expectedGroup, weight: expectedWeight, ...sizes });
    const actual = await group.words();
    expect(actual).toEqual(expectedGroup);
    expectClose(await weight.floats(), expectedWeight, builtinTolerance);
    return actual;
  }

  it.each(groupCounts)('chooses one of %i groups', async (groups) => {
    for (const [rows, width] of [
      [1, 4],
      [15, 8],
      [16, 64],
      [17, 20],
      [131, 12],
    ] as const) {
      await check(randomFloats(1, rows * width, 2), randomFloats(2, groups * width), { rows, width, groups });
    }
  });

  it('writes from the first row on', async () => {
    const sizes = { rows: 19, width: 8, groups: 4, firstRow: 23 };
    await check(randomFloats(1, 19 * 8), randomFloats(2, 4 * 8), sizes);
  });

  it('gives a tie to the lower group', async () => {
    const router = new Float32Array(5 * 4);
    router.set([-1, 0, 0, 0], 0);
    for (const group of [1, 2, 4]) router.set([1, 0, 0, 0], 4 * group);
    const groups = await check(new Float32Array([2, 0, 0, 0]), router, { rows: 1, width: 4, groups: 5 });
    expect([...groups]).toEqual([1]);
  });

  it('is sure of itself with logits of 1e4', async () => {
    const router = new Float32Array([100, 0, 0, 0, -100, 0, 0, 0, 99, 0, 0, 0]);
    await check(new Float32Array([100, 0, 0, 0, -100, 0, 0, 0]), router, { rows: 2, width: 4, groups: 3 });
  });
});

describeFamily(gpu, sortFamily, (sortVariant) => {
  async function check(
    group: Uint32Array<ArrayBuffer>,
    groups: number,
    spans?: readonly Run[],
  ): Promise<void> {
    for (const variant of ['quad', 'tiled'] as const) await checkTiles(group, groups, variant, spans);
  }

  async function checkTiles(
    group: Uint32Array<ArrayBuffer>,
    groups: number,
    variant: AttentionVariant,
    spans: readonly Run[] = [{ start: 0, count: group.length }],
  ): Promise<void> {
    const forced = { attention: variant, sort: sortVariant };
    const sort = await groupSort(gpu, gpu.upload('group', group), spans, groups, forced);
    run(gpu, sort.dispatches);
    const expected = reference.groupSort(group, groups, spans);
    const order = new Uint32Array(await gpu.read(sort.list.queryRows));
    expect(order.slice(0, group.length)).toEqual(expected.queryRows);
    expect(order.slice(group.length).every((word) => word === 0)).toBe(true);
    expect(sort.list.keyRows).toBe(sort.list.queryRows);

    const list = new Uint32Array(await gpu.read(sort.list.list));
    const [tiles = -1, runsAt = -1] = list;
    const words = tileWords(
      expected.segments.filter(({ queries }) => queries.count > 0),
      tileQueries(variant),
    );
    expect(tiles).toBe(words[0]);
    expect(tiles).toBeLessThanOrEqual(sort.list.tiles);
    expect(tilesOf(list, tiles, runsAt)).toEqual(tilesOf(words, tiles, words[1] ?? 0));
    expect(list.slice(4 + 4 * tiles, runsAt).every((word) => word === 0)).toBe(true);
  }

  /** The tiles of a list with their runs in place. */
  function tilesOf(list: Uint32Array, tiles: number, runsAt: number): number[][] {
    return Array.from({ length: tiles }, (_, tile) => {
      const [firstQuery = 0, queries = 0, firstRun = 0, runs = 0] = list.slice(4 + 4 * tile);
      return [firstQuery, queries, ...list.slice(runsAt + 2 * firstRun, runsAt + 2 * (firstRun + runs))];
    });
  }

  describe.each(groupCounts)('of %i groups', (groups) => {
    // One invocation walks through 64 rows, and a workgroup has 16 invocations.
    it.each([1, 63, 64, 65, 1025])('sorts %i random rows', async (rows) => {
      await check(randomIntegers(rows, rows, groups), groups);
    });

    it('sorts rows that are sorted already, either way', async () => {
      const sorted = randomIntegers(7, 331, groups).sort((a, b) => a - b);
      await check(sorted, groups);
      await check(sorted.slice().reverse(), groups);
    });

    it.each([
      [1, 1],
      [64, 1, 63],
      [70, 5, 200, 3, 128],
    ])('has a segment for every span, of %i rows and others', async (...counts) => {
      let start = 0;
      const spans = counts.map((count) => {
        start += count;
        return { start: start - count, count };
      });
      await check(randomIntegers(9, start, groups), groups, spans);
      await check(new Uint32Array(start).fill(groups - 1), groups, spans);
    });

    it('sorts into one group that holds all', async () => {
      await check(new Uint32Array(131).fill(groups - 1), groups);
      await check(new Uint32Array(131), groups);
    });
  });

  it('skips empty groups', async () => {
    await check(
      randomIntegers(3, 131, 5).map((g) => 4 * g + 2),
      20,
    );
  });

  it('makes an empty list of no rows', async () => {
    await check(new Uint32Array(0), 4);
  });
});
