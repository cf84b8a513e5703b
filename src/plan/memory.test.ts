import { describe, expect, it } from 'vitest';
import { decoderBuffers, ditBuffers } from './memory.ts';
import { filmOf } from './testing.ts';

const dit: Parameters<typeof ditBuffers>[1] = { dim: 256, heads: 4, ffn: 1024, z: 16, patch: [1, 2, 2] };
const ae: Parameters<typeof decoderBuffers>[1] = {
  z: 16,
  dec: [160, 80, 32],
  dec_mem: [2, 1, 2],
  ps: 4,
  temporal: 4,
  spatial: 16,
};

describe('ditBuffers', () => {
  it('keeps rows of the film for the stream and attention, and rows of a chunk for the rest', () => {
    // 6 x 10 tokens in each of 5 latent frames.
    const film = 300 * 256 * 4;
    expect(ditBuffers(filmOf(6, 10, [3, 2]), dit, 120)).toEqual({
      x: film,
      q: film,
      k: film,
      v: film,
      attended: film,
      group: 300 * 4,
      weight: 300 * 4,
      h: 120 * 256 * 4,
      patches: 300 * 64 * 4,
      marks: 0,
      hidden: 120 * 1024 * 4,
      seen: 0,
      cells: 0,
      drawn: 0,
    });
  });

  it('has room for masses where branches are one softmax', () => {
    const { attended } = ditBuffers(filmOf(6, 10, [3, 2]), { ...dit, branches: 'softmax' }, 120);
    expect(attended).toBe(300 * 256 * 4 + 300 * 4 * 16);
  });

  it('has room for what other shots count, where they count more', () => {
    const film = filmOf(6, 10, [3, 2]);
    const weighs = (branches: 'mean' | 'softmax') => ({ ...dit, branches, across_weight: 4 });
    expect(ditBuffers(film, weighs('softmax'), 120).weight).toBe(2 * 300 * 4);
    expect(ditBuffers(film, weighs('mean'), 120).weight).toBe(300 * 4);
    expect(ditBuffers(film, { ...weighs('softmax'), across_weight: 1 }, 120).weight).toBe(300 * 4);
    const shares = { ...dit, branches: 'softmax' as const, across_shots: 1 };
    expect(ditBuffers(film, shares, 120).weight).toBe(2 * 300 * 4);
  });

  it('has room for what tokens are told of marks, where they are', () => {
    expect(ditBuffers(filmOf(6, 10, [3, 2]), { ...dit, marks: 1 }, 120).marks).toBe(300 * 4 * 4);
  });

  it('has room for the cells of a chunk where there are convolutions over them', () => {
    const cells = 120 * 4 * 48 * 4;
    const sizes = ditBuffers(filmOf(6, 10, [3, 2]), { ...dit, detail: 48 }, 120);
    expect(sizes).toMatchObject({ seen: cells, cells, drawn: cells });
    // Two frames of 60 tokens with one more on either side, and a film of five with no more than it has.
    const blended = (reach: number) =>
      ditBuffers(filmOf(6, 10, [3, 2]), { ...dit, detail: 48, detail_reach: reach }, 120);
    expect(blended(1)).toMatchObject({ seen: cells, cells: 2 * cells, drawn: cells });
    expect(blended(3)).toMatchObject({ seen: cells, cells: 2.5 * cells, drawn: cells });
  });
});

describe('decoderBuffers', () => {
  it('follows the stages, which double space and time', () => {
    const cells = 12 * 20;
    expect(decoderBuffers({ height: 12, width: 20 }, ae, 3)).toEqual({
      z: 3 * cells * 16 * 4,
      linear: 3 * 4 * (cells * 16) * 48 * 4,
      picture: 3 * 4 * (cells * 16) * 48 * 4,
      stream: [4 * cells * 160 * 4, 7 * (cells * 4) * 80 * 4, 13 * (cells * 16) * 32 * 4],
      a: [3 * cells * 160 * 4, 6 * (cells * 4) * 80 * 4, 12 * (cells * 16) * 32 * 4],
      b: [3 * cells * 160 * 4, 6 * (cells * 4) * 80 * 4, 12 * (cells * 16) * 32 * 4],
      memory: [2 * cells * 160 * 4, 1 * (cells * 4) * 80 * 4, 2 * (cells * 16) * 32 * 4],
      wide: [3 * cells * 640 * 4, 6 * (cells * 4) * 256 * 4],
      rgba: 12 * 192 * 320 * 4,
    });
  });
});
