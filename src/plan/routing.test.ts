import { describe, expect, it } from 'vitest';
import { wanAutoencoder, wanTransformers, wanVideo } from '../model/wan.ts';
import { publishedWanConfig } from '../model/wanConfig.ts';
import { countFilmFlops, countFlops } from './flops.ts';
import { planEvenFilm } from './geometry.ts';
import {
  type AttentionMode,
  attentionFor,
  denseLayers,
  denseSteps,
  kmeansSettings,
  mocLayout,
  mocPairs,
  mocSettings,
  mocTileTokens,
  phaseOf,
  phasesOf,
} from './routing.ts';
import { filmOf, randomFilms } from './testing.ts';
import type { FlopCount } from './types.ts';

describe('phases of a run', () => {
  const phases = (mode: Parameters<typeof phaseOf>[0], steps: number) =>
    Array.from({ length: steps }, (_, step) => phaseOf(mode, step, steps));

  it('are dense for the first quarter where nothing was trained', () => {
    expect(phases('moc', 8)).toEqual([...Array(2).fill('dense'), ...Array(6).fill('fresh')]);
    expect(phases('kmeans', 1)).toEqual(['dense']);
    expect(phases('dense', 3)).toEqual(['dense', 'dense', 'dense']);
    expect(phases('moga', 3)).toEqual(['fresh', 'fresh', 'fresh']);
    expect([denseSteps('kmeans', 50), denseSteps('moga', 50)]).toEqual([13, 0]);
  });

  it('make clusters anew every eighth step', () => {
    const warm = Array(7).fill('warm');
    expect(phases('kmeans', 16)).toEqual([
      ...Array(4).fill('dense'),
      'fresh',
      ...warm,
      'fresh',
      ...warm.slice(4),
    ]);
    expect(phasesOf('kmeans', 16)).toEqual(['dense', 'fresh', 'warm']);
    expect(phasesOf('moc', 2)).toEqual(['dense', 'fresh']);
  });
});

it('groups without a router are dense attention, and the first layers of a deep model are', () => {
  expect(attentionFor('moga', {})).toBe('dense');
  expect(attentionFor('moga', { groups: 4 })).toBe('moga');
  expect(attentionFor('kmeans', {})).toBe('kmeans');
  expect([8, 30, 40].map((layers) => denseLayers('kmeans', layers))).toEqual([0, 0, 1]);
  expect(denseLayers('moga', 40)).toBe(0);
});

it('clusters grow in number with the film, up to those of Sparse VideoGen2, and never past its tokens', () => {
  expect(kmeansSettings({ tokens: 75_600 })).toMatchObject({
    queryClusters: 300,
    keyClusters: 1000,
    least: 100,
  });
  expect(kmeansSettings({ tokens: 1440 })).toMatchObject({ queryClusters: 23, keyClusters: 60 });
  expect(kmeansSettings({ tokens: 3 })).toMatchObject({ queryClusters: 3, keyClusters: 3, least: 1 });
});

describe('the cut of a film for mixture of contexts', () => {
  it('covers every token once, in tiles that cross no chunk and chunks that cross no shot', () => {
    for (const film of randomFilms(40)) {
      const { chunks, tiles } = mocLayout(film, { chunkTokens: 2 * film.tokensPerFrame, top: 1 });
      let next = 0;
      for (const { queries } of tiles) {
        expect(queries.start).toBe(next);
        expect(queries.count).toBeGreaterThan(0);
        expect(queries.count).toBeLessThanOrEqual(mocTileTokens);
        next += queries.count;
        const chunk = chunks.find(({ start, count }) => queries.start < start + count);
        expect(queries.start + queries.count).toBeLessThanOrEqual((chunk?.start ?? 0) + (chunk?.count ?? 0));
      }
      expect(next).toBe(film.tokens);
      for (const { start, count } of chunks) {
        const shot = film.shots.find(({ tokens }) => start < tokens.start + tokens.count);
        expect(start + count).toBeLessThanOrEqual((shot?.tokens.start ?? 0) + (shot?.tokens.count ?? 0));
      }
    }
  });

  it('lets a tile see its shot and choose among earlier shots', () => {
    const film = filmOf(2, 2, [2, 3]);
    const { chunks, tiles } = mocLayout(film, { chunkTokens: 4, top: 1 });
    expect(chunks).toHaveLength(5);
    expect(tiles.map(({ always }) => always)).toEqual(tiles.map((_, i) => film.shots[i < 2 ? 0 : 1]?.tokens));
    expect(tiles.map(({ candidates }) => candidates.count)).toEqual([0, 0, 2, 2, 2]);
    // 8 tokens see 8; 12 see 12 and one chunk of 4.
    expect(mocPairs(film, { chunkTokens: 4, top: 1 })).toBe(8 * 8 + 12 * (12 + 4));
  });

  it('lets a tile of a film of one shot see its chunk and choose among all others', () => {
    const film = filmOf(2, 2, [3]);
    const { tiles } = mocLayout(film, { chunkTokens: 4, top: 1 });
    expect(tiles.map(({ own, always }) => [own, always.start])).toEqual([
      [0, 0],
      [1, 4],
      [2, 8],
    ]);
    expect(mocPairs(film, { chunkTokens: 4, top: 1 })).toBe(12 * (4 + 4));
    expect(mocPairs(film, { chunkTokens: 4, top: 9 })).toBe(12 * 12);
  });
});

describe('FLOPs', () => {
  const model = { dit: wanTransformers['wan2.1-1.3b'], ae: wanAutoencoder };
  const attend = ({ router, attention }: FlopCount): number =>
    Object.values(attention).reduce((sum, flops) => sum + flops, router);

  it('of mixture of contexts are 85 per cent fewer at a minute of 480p in eight shots, as its paper says', () => {
    const film = planEvenFilm(wanVideo, 240, 8, model);
    const dense = attend(countFlops(model.dit, film, 'dense'));
    expect(1 - attend(countFlops(model.dit, film, 'moc')) / dense).toBeCloseTo(0.85, 1);
    expect(mocSettings(film)).toEqual({ chunkTokens: 1280, top: 5 });
  });

  it('of five seconds in one shot are 81 per cent fewer: its own latent frame and three more of 21', () => {
    const film = planEvenFilm(wanVideo, 21, 1, model);
    const { attention } = countFlops(model.dit, film, 'moc');
    expect(1 - attention.routed / countFlops(model.dit, film, 'dense').attention.dense).toBeCloseTo(
      1 - 4 / 21,
      6,
    );
  });

  it('of clusters are mostly attention, not clustering', () => {
    const film = planEvenFilm(wanVideo, 21, 1, model);
    const count = countFlops(model.dit, film, 'kmeans');
    expect(count.attention.routed).toBeCloseTo(
      0.3 * countFlops(model.dit, film, 'dense').attention.dense,
      -9,
    );
    expect(count.router / count.attention.routed).toBeLessThan(0.2);
  });

  it('of a film count its dense steps, and groups without a router as dense', () => {
    const film = filmOf(2, 2, [2, 2]);
    const whole = publishedWanConfig('wan2.1-1.3b');
    const of = (mode: AttentionMode, steps: number): number =>
      countFilmFlops(whole, film, mode, steps, [[3, 3]]).denoise;
    const forward = (mode: AttentionMode): number => countFlops(model.dit, film, mode, [3, 3]).total;
    // The text's keys and values are made once; what the text takes is the same in both.
    const dense = of('dense', 1);
    const moc = dense + forward('moc') - forward('dense');
    expect(of('dense', 4)).toBe(4 * dense);
    expect(of('moga', 4)).toBe(4 * dense);
    expect(of('moc', 4)).toBe(dense + 3 * moc);
  });
});
