import { describe, expect, it } from 'vitest';
import {
  type AttentionPhase,
  type KMeansSettings,
  kmeansSettings,
  mocLayout,
  mocSettings,
} from '../../plan/routing.ts';
import { routingBytes } from '../../plan/routingMemory.ts';
import { countPairs, denseSegments } from '../../plan/segments.ts';
import { filmOf } from '../../plan/testing.ts';
import type { FilmGeometry, SegmentList } from '../../plan/types.ts';
import { validateSegmentList } from '../../plan/validate.ts';
import { relativeError } from '../golden/compare.ts';
import type { Gpu } from '../gpu/gpu.ts';
import { Runner } from '../gpu/runner.ts';
import { type AttentionVariant, attention, uploadSegments } from '../kernels/attention.ts';
import { attention as attentionOnHost } from '../reference/attention.ts';
import { bestChunks } from '../reference/cluster.ts';
import { describeVariants, testGpu } from '../testing/device.ts';
import { builtinTolerance, expectClose } from '../testing/expectClose.ts';
import { randomFloats } from '../testing/random.ts';
import { readSegments } from '../testing/readSegments.ts';
import { chunkRouting } from './chunks.ts';
import { kmeansRouting, seedTokens } from './kmeans.ts';
import type { Routing } from './routing.ts';

const gpu = await testGpu();
const runner = new Runner(gpu);
const heads = 2;
const headSize = 16;

const films: [string, FilmGeometry][] = [
  ['a single token', filmOf(1, 1, [1])],
  ['one shot', filmOf(3, 5, [7])],
  ['shots of different lengths', filmOf(3, 5, [4, 1, 6])],
  ['latent frames larger than a tile', filmOf(9, 11, [2, 2])],
];

/** Random activations of a film; tokens that resemble each other, as in pictures, when `blobs` is not 0. */
function activations(scope: Gpu, { tokens }: FilmGeometry, blobs = 0) {
  const width = heads * headSize;
  const centres = randomFloats(50, Math.max(1, blobs) * width, 3);
  const make = (seed: number): Float32Array<ArrayBuffer> =>
    randomFloats(seed, tokens * width).map((value, i) =>
      blobs ? 0.3 * value + (centres[(Math.floor(i / width) % blobs) * width + (i % width)] ?? 0) : value,
    ) as Float32Array<ArrayBuffer>;
  const host = { q: make(1), k: make(2), v: make(3) };
  const film = { q: scope.upload('q', host.q), k: scope.upload('k', host.k), tokens, heads, headSize };
  return { host, film, v: scope.upload('v', host.v) };
}

/** The list of a routing after these phases, and what attention over it gives. */
async function routed(
  scope: Gpu,
  routing: Routing,
  { host, film, v }: ReturnType<typeof activations>,
  phases: AttentionPhase[],
  variant: AttentionVariant,
) {
  const rows = film.tokens * heads;
  const out = scope.buffer('out', host.q.byteLength);
  for (const phase of phases) await runner.run(await routing.route(0, phase));
  const { q, k } = film;
  await runner.run(await attention(scope, { q, k, v, list: routing.list, out, heads: 1, headSize, variant }));
  const list = await readSegments(scope, routing.list, rows);
  return { list, out: new Float32Array(await scope.read(out)).subarray(0, host.q.length) };
}

/** Dense attention by tokens (`heads`), or over a list whose rows are those of single heads (1). */
function onHost({ host }: ReturnType<typeof activations>, list: SegmentList, ofHeads: number): Float32Array {
  const out = new Float32Array(host.q.length);
  attentionOnHost({ ...host, list, out, heads: ofHeads, headSize });
  return out;
}

const few: KMeansSettings = {
  queryClusters: 3,
  keyClusters: 6,
  mass: 0.8,
  least: 1,
  iterations: { fresh: 4, warm: 1 },
};

describeVariants(gpu, 'k-means routing', (variant) => {
  it.each(films)('makes a list of every query that attention executes: %s', async (_, geometry) => {
    const scope = gpu.scope();
    const tensors = activations(scope, geometry, 4);
    const settings = {
      ...few,
      queryClusters: Math.min(3, geometry.tokens),
      keyClusters: Math.min(6, geometry.tokens),
    };
    const routing = kmeansRouting(scope, tensors.film, settings, 1, { variant });
    const { list, out } = await routed(scope, routing, tensors, ['fresh', 'warm'], variant);
    const rows = geometry.tokens * heads;
    validateSegmentList(list, rows, rows);
    // Head h has the rows of token * heads + h only.
    for (const { queries, keys } of list.segments) {
      const head = (list.queryRows?.[queries.start] ?? 0) % heads;
      for (const run of keys) expect((list.keyRows?.[run.start] ?? 0) % heads).toBe(head);
    }
    expectClose(out, onHost(tensors, list, 1), builtinTolerance);
    scope.freeAll();
  });

  it('keeps everything at a mass of 1, which is dense attention', async () => {
    const scope = gpu.scope();
    const geometry = filmOf(3, 5, [4, 3]);
    const tensors = activations(scope, geometry);
    const routing = kmeansRouting(scope, tensors.film, { ...few, mass: 1 }, 1, { variant });
    const { out } = await routed(scope, routing, tensors, ['fresh'], variant);
    expectClose(out, onHost(tensors, denseSegments(geometry), heads), builtinTolerance);
    scope.freeAll();
  });

  it('finds clusters that are there, and keeps few of them', async () => {
    const scope = gpu.scope();
    const geometry = filmOf(4, 8, [6]);
    // Each blob of tokens attends to itself; with clusters to spare none is merged with another.
    const blobs = 8;
    const tensors = activations(scope, geometry, blobs);
    const settings = {
      ...few,
      queryClusters: 12,
      keyClusters: 12,
      mass: 0.9,
      iterations: { fresh: 20, warm: 2 },
    };
    const routing = kmeansRouting(scope, tensors.film, settings, 1, { variant });
    const { list, out } = await routed(scope, routing, tensors, ['fresh'], variant);
    expect(countPairs(list)).toBeLessThan(0.2 * heads * geometry.tokens ** 2);
    const dense = onHost(tensors, denseSegments(geometry), heads);
    expect(relativeError(out, dense)).toBeLessThan(0.05);
    scope.freeAll();
  });

  it('gives the same bits every time, and warm steps go on from the centroids before', async () => {
    const geometry = filmOf(5, 7, [5, 4]);
    const usual = kmeansSettings(geometry);
    const make = async (phases: AttentionPhase[], settings = usual) => {
      const scope = gpu.scope();
      const tensors = activations(scope, geometry, 5);
      const routing = kmeansRouting(scope, tensors.film, settings, 1, { variant });
      const made = await routed(scope, routing, tensors, phases, variant);
      scope.freeAll();
      return made.out;
    };
    const once = await make(['fresh']);
    expect(await make(['fresh'])).toEqual(once);
    expect(await make(['warm', 'fresh'])).toEqual(once);
    // On the same activations, going on is iterating longer.
    const [fresh, warm] = [2, 3];
    const going = await make(['fresh', 'warm'], { ...usual, iterations: { fresh, warm } });
    const long = await make(['fresh'], { ...usual, iterations: { fresh: fresh + warm, warm } });
    const short = await make(['fresh'], { ...usual, iterations: { fresh, warm } });
    expect(going).toEqual(long);
    expect(going).not.toEqual(short);
  });
});

it('seeds are different tokens of the film', () => {
  for (const [tokens, count] of [
    [1, 1],
    [10, 10],
    [1000, 37],
  ] as const) {
    const seeds = seedTokens(tokens, count);
    expect(new Set(seeds).size).toBe(count);
    expect(Math.min(...seeds)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...seeds)).toBeLessThan(tokens);
  }
});

describeVariants(gpu, 'chunk routing', (variant) => {
  it.each(films)('keeps what the reference keeps: %s', async (_, geometry) => {
    const scope = gpu.scope();
    const tensors = activations(scope, geometry, 4);
    const settings = { ...mocSettings(geometry), chunkTokens: 2 * geometry.tokensPerFrame, top: 2 };
    const routing = chunkRouting(scope, geometry, tensors.film, settings, variant);
    const { list, out } = await routed(scope, routing, tensors, ['fresh'], variant);
    const rows = geometry.tokens * heads;
    validateSegmentList(list, rows, rows);
    expectClose(out, onHost(tensors, list, 1), builtinTolerance);

    const { chunks, tiles } = mocLayout(geometry, settings);
    const { host } = tensors;
    const mean = (
      x: Float32Array,
      head: number,
      { start, count }: { start: number; count: number },
    ): number[] =>
      Array.from({ length: headSize }, (_, i) => {
        let sum = 0;
        for (let t = start; t < start + count; t++) sum += x[(t * heads + head) * headSize + i] ?? 0;
        return sum / count;
      });
    for (let head = 0; head < heads; head++) {
      for (const { queries, always, candidates, own } of tiles) {
        const query = mean(host.q, head, queries);
        const scores = new Map<number, number>();
        for (let c = candidates.start; c < candidates.start + candidates.count; c++) {
          const chunk = chunks[c];
          if (c === own || !chunk) continue;
          scores.set(
            c,
            mean(host.k, head, chunk).reduce((sum, key, i) => sum + key * (query[i] ?? 0), 0),
          );
        }
        const expected = [always, ...bestChunks(scores, 2).map((c) => chunks[c])].map((run) => ({
          start: head * geometry.tokens + (run?.start ?? Number.NaN),
          count: run?.count,
        }));
        const first = head * geometry.tokens + queries.start;
        const segment = list.segments.find((found) => found.queries.start === first);
        expect(segment?.keys).toEqual(expected);
      }
    }
    scope.freeAll();
  });

  it('with room for every chunk is dense attention in a film of one shot', async () => {
    const scope = gpu.scope();
    const geometry = filmOf(3, 5, [5]);
    const tensors = activations(scope, geometry);
    const routing = chunkRouting(scope, geometry, tensors.film, { chunkTokens: 15, top: 4 }, variant);
    const { out } = await routed(scope, routing, tensors, ['fresh'], variant);
    expectClose(out, onHost(tensors, denseSegments(geometry), heads), builtinTolerance);
    scope.freeAll();
  });
});

it.each(['kmeans', 'moc'] as const)('%s takes the memory that the plan states', (mode) => {
  for (const [, geometry] of films) {
    const scope = gpu.scope();
    const tensors = activations(scope, geometry);
    const before = scope.bytes;
    const routing =
      mode === 'moc'
        ? chunkRouting(scope, geometry, tensors.film, mocSettings(geometry), 'quad')
        : kmeansRouting(scope, tensors.film, kmeansSettings(geometry), 3, { variant: 'quad' });
    const dit = { dim: heads * headSize, heads, layers: 3 };
    expect(scope.bytes - before).toBe(routingBytes(mode, geometry, dit, 16));
    routing.free();
    expect(scope.bytes).toBe(before);
    scope.freeAll();
  }
});

describe('lists that share rows', () => {
  it('a list of rows of single heads is the list of tokens for all of them', async () => {
    const scope = gpu.scope();
    const geometry = filmOf(2, 3, [3]);
    const { host, film, v } = activations(scope, geometry);
    const out = scope.buffer('out', host.q.byteLength);
    const list = uploadSegments(scope, 'dense', denseSegments(geometry), geometry.tokens, geometry.tokens);
    await runner.run(await attention(scope, { ...film, v, list, out }));
    const expected = new Float32Array(await scope.read(out));
    const everyRow = { start: 0, count: geometry.tokens };
    const rows = Uint32Array.from({ length: heads * geometry.tokens }, (_, i) => {
      return (i % geometry.tokens) * heads + Math.floor(i / geometry.tokens);
    });
    const perHead: SegmentList = {
      queryRows: rows,
      keyRows: rows,
      segments: Array.from({ length: heads }, (_, head) => {
        const run = { ...everyRow, start: head * geometry.tokens };
        return { queries: run, keys: [run] };
      }),
    };
    const heads1 = uploadSegments(scope, 'heads', perHead, rows.length, rows.length);
    await runner.run(await attention(scope, { ...film, v, list: heads1, out, heads: 1 }));
    expect(new Float32Array(await scope.read(out))).toEqual(expected);
    scope.freeAll();
  });
});
