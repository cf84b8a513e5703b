import { describe, expect, it } from 'vitest';
import { massBytes } from '../../plan/memory.ts';
import { frameSegments, windowSegments } from '../../plan/segments.ts';
import { filmOf } from '../../plan/testing.ts';
import type { Run, SegmentList } from '../../plan/types.ts';
import { relativeError } from '../golden/compare.ts';
import { Runner } from '../gpu/runner.ts';
import { groupSort } from '../reference/route.ts';
import { Output, testGpu } from '../testing/device.ts';
import { randomFloats, randomIntegers } from '../testing/random.ts';
import { attendInFilm, makeBranches } from './branches.ts';

const gpu = await testGpu();
const geometry = filmOf(3, 5, [2, 3, 1]);
const { tokens } = geometry;
const [heads, headSize, groups] = [2, 16, 4];
const width = heads * headSize;
const win: [number, number] = [2, 2];
const config = {
  ...{ dim: width, heads, layers: 1, ffn: 64, z: 4, freq_dim: 16, groups, win, aug: 1, eps: 1e-6 },
  ...{ patch: [1, 2, 2] as [1, number, number], text_dim: 8, text_len: 4 },
};

/** How many times each token sees each other one [tokens, tokens]. */
function seen({ queryRows, keyRows, segments }: SegmentList): number[][] {
  const counts = Array.from({ length: tokens }, () => new Array<number>(tokens).fill(0));
  const rowsOf = ({ start, count }: Run, rows: Uint32Array | null) =>
    Array.from({ length: count }, (_, i) => rows?.[start + i] ?? start + i);
  for (const { queries, keys } of segments) {
    const others = keys.flatMap((run) => rowsOf(run, keyRows));
    for (const query of rowsOf(queries, queryRows)) {
      for (const key of others) {
        const row = counts[query];
        if (row) row[key] = (row[key] ?? 0) + 1;
      }
    }
  }
  return counts;
}

const group = randomIntegers(1, tokens, groups);
const weight = randomFloats(2, tokens).map((value) => 0.25 + 0.75 * Math.abs(value));
/** What keys in other shots gain, by tokens. */
const gains = randomFloats(6, tokens, 2);
const q = randomFloats(3, tokens * width, 3);
const k = randomFloats(4, tokens * width, 3);
const v = randomFloats(5, tokens * width);
const lists = [
  seen(groupSort(group, groups)),
  seen(windowSegments(geometry, win, config.aug)),
  seen(frameSegments(geometry)),
];

/** What a token takes of others in a head: softmax over keys that count `times`. */
function taken(token: number, head: number, times: (key: number) => number): number[] {
  const at = (values: Float32Array, row: number, i: number) => values[row * width + head * headSize + i] ?? 0;
  const channels = Array.from({ length: headSize }, (_, i) => i);
  const powers = Array.from({ length: tokens }, (_, key) => {
    const dot = channels.reduce((sum, i) => sum + at(q, token, i) * at(k, key, i), 0);
    return times(key) * Math.exp(dot / Math.sqrt(headSize));
  });
  const sum = powers.reduce((total, power) => total + power, 0);
  return channels.map((i) => powers.reduce((total, power, key) => total + (power / sum) * at(v, key, i), 0));
}

const shotOf = (token: number): number =>
  geometry.shots.findIndex((shot) => token < shot.tokens.start + shot.tokens.count);

function expected(branches: 'mean' | 'softmax', groupWeight = 1, across = false): Float64Array {
  const out = new Float64Array(tokens * width);
  for (let token = 0; token < tokens; token++) {
    const weights = [groupWeight * (weight[token] ?? 0), 1, 1];
    for (let head = 0; head < heads; head++) {
      const elsewhere = (key: number) => (shotOf(key) === shotOf(token) ? 1 : Math.exp(gains[token] ?? 0));
      const times = (i: number) => (key: number) =>
        (lists[i]?.[token]?.[key] ?? 0) * (across && i === 0 ? elsewhere(key) : 1);
      const value =
        branches === 'softmax'
          ? taken(token, head, (key) => weights.reduce((sum, w, i) => sum + w * times(i)(key), 0))
          : weights
              .map((w, i) => taken(token, head, times(i)).map((x) => (w * x) / 3))
              .reduce((sum, part) => sum.map((x, i) => x + (part[i] ?? 0)));
      out.set(value, token * width + head * headSize);
    }
  }
  return out;
}

describe('branches of self-attention become one', () => {
  it.each([
    ['by their mean where nothing is said', undefined, undefined, undefined],
    ['by their mean', 'mean', undefined, undefined],
    ['by one softmax', 'softmax', undefined, undefined],
    ['by one softmax in which groups count more', 'softmax', 2.5, undefined],
    ['by one softmax in which other shots count as tokens have it', 'softmax', 2.5, 4],
  ] as const)('%s', async (_, branches, groupWeight, acrossWeight) => {
    const buffers = {
      q: gpu.upload('q', q),
      k: gpu.upload('k', k),
      v: gpu.upload('v', v),
      group: gpu.upload('group', group),
      weight: gpu.upload('weight', Float32Array.from([...weight, ...gains])),
    };
    const output = Output.unwritten(gpu, (tokens * width * 4 + massBytes(tokens, heads)) / 4);
    const made = await makeBranches(
      gpu,
      { ...config, branches, group_weight: groupWeight, across_weight: acrossWeight },
      geometry,
      'moga',
      buffers,
    );
    const film = { q: buffers.q, k: buffers.k, v: buffers.v, out: output.buffer, heads, headSize };
    await new Runner(gpu).run(await attendInFilm(gpu, made, film, 0, 'fresh'));
    const actual = (await output.floats()).subarray(0, tokens * width);
    const wanted = expected(branches ?? 'mean', groupWeight, acrossWeight !== undefined);
    expect(relativeError(actual, wanted)).toBeLessThan(1e-5);
    made.free();
  });

  it('differ by how', () => {
    expect(relativeError(Float32Array.from(expected('mean')), expected('softmax'))).toBeGreaterThan(0.1);
  });
});
