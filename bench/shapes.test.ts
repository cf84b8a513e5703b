import { describe, expect, it } from 'vitest';
import { wanTransformers } from '../src/model/wan.ts';
import { publishedWanConfig } from '../src/model/wanConfig.ts';
import { countFlops } from '../src/plan/flops.ts';
import { filmOf } from '../src/plan/testing.ts';
import { imbalanceOf } from './blockRun.ts';
import { blockFlops, blockModels } from './blockShapes.ts';
import { affordableRows } from './kernels/task.ts';

describe('affordableRows', () => {
  it('keeps what is within the limit, tiles or not', () => {
    expect(affordableRows(1441, 10, 14_410)).toBe(1441);
  });

  it('cuts to whole tiles of 32', () => {
    expect(affordableRows(1441, 10, 1300)).toBe(128);
  });

  it('leaves two tiles whatever they cost', () => {
    expect(affordableRows(1441, 10, 1)).toBe(64);
    expect(affordableRows(40, 10, 1)).toBe(40);
  });
});

describe('blockModels', () => {
  const config = publishedWanConfig('wan2.1-1.3b');
  const papercut = {
    ...config,
    dit: { ...config.dit, dim: 256, heads: 4 },
    ae: { ...config.ae, spatial: 16, temporal: 4 },
  };
  const lengths = (quick: boolean, most: number) =>
    blockModels(papercut, true, { quick, maxTokens: most, groups: null }).map(({ films }) =>
      films.map(({ tokens }) => tokens),
    );

  it('doubles the length up to where MoGA is judged', () => {
    const [first] = lengths(false, Number.POSITIVE_INFINITY);
    expect(first).toEqual([1020, 2040, 4080, 8160, 16_380, 65_520]);
    expect(lengths(true, Number.POSITIVE_INFINITY)).toEqual([[1020, 4080]]);
  });

  it('holds one number of groups against dense attention where one is asked for', () => {
    const groups = (wanted: number | null) =>
      blockModels(papercut, true, { quick: false, maxTokens: 2000, groups: wanted }).map(
        (model) => model.groups,
      );
    expect(groups(null)).toEqual([[4, 5, 8, 20], [8]]);
    expect(groups(6)).toEqual([[6], [6]]);
  });

  it('leaves out what is longer than asked for, and models without films', () => {
    expect(lengths(false, 2000)).toEqual([[1020], [1120]]);
    expect(lengths(false, 1020)).toEqual([[1020]]);
    expect(lengths(false, 1019)).toEqual([]);
  });
});

describe('blockFlops', () => {
  it('counts products of a block by hand', () => {
    const film = filmOf(2, 3, [2, 2]);
    const dit = { ...wanTransformers['wan2.1-1.3b'], layers: 2, dim: 8, ffn: 12, text_len: 5 };
    const tokens = 24;
    // Six projections of 8x8 (four of self-attention, q and o of cross-attention) and two of 8x12.
    const products = 2 * tokens * (6 * 64 + 2 * 96);
    const pairs = 4 * 8 * (tokens * tokens + tokens * 5);
    expect(blockFlops(countFlops(dit, film, 'dense'), dit, tokens)).toBe(2 * (products + pairs));
  });
});

describe('imbalanceOf', () => {
  it('is 1 for groups of equal size', () => {
    expect(imbalanceOf(new Uint32Array([0, 1, 2, 0, 1, 2]), 3)).toBe(1);
  });

  it('counts the pairs that unequal groups add, empty groups among them', () => {
    expect(imbalanceOf(new Uint32Array([1, 1, 1, 1]), 2)).toBe(2);
    expect(imbalanceOf(new Uint32Array([0, 0, 0, 1]), 2)).toBe(1.25);
  });
});
