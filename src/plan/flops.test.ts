import { describe, expect, it } from 'vitest';
import { wanAutoencoder, wanTransformers, wanVideo } from '../model/wan.ts';
import {
  countDecodeFlops,
  countFilmFlops,
  countFlops,
  countTextEncoderFlops,
  linearFlops,
  type TransformerShape,
} from './flops.ts';
import { planEvenFilm } from './geometry.ts';
import { filmOf, papercut } from './testing.ts';

const small: TransformerShape = {
  dim: 8,
  layers: 3,
  ffn: 20,
  z: 16,
  patch: [1, 2, 2],
  freq_dim: 10,
  groups: 2,
  win: [1, 1],
  aug: 1,
  text_dim: 6,
  text_len: 5,
};

const wanFilm = (latentFrames: number, shots = 1) =>
  planEvenFilm(wanVideo, latentFrames, shots, { dit: wanTransformers['wan2.1-1.3b'], ae: wanAutoencoder });

describe('countFlops', () => {
  // 12 tokens in shots of 4 and 8, prompts of 2 and 3 rows, 64 numbers a token.
  const film = filmOf(2, 2, [1, 2]);

  it('counts every part of a small model', () => {
    const count = countFlops(small, film, 'moga', [2, 3]);
    expect(count).toEqual({
      patch: 2 * 12 * 64 * 8,
      text: 2 * 5 * 6 * 8 + 2 * 5 * 8 * 8,
      time: 2 * 10 * 8 + 2 * 8 * 8 + 2 * 8 * 48,
      projections: 3 * 4 * (2 * 12 * 8 * 8),
      router: 3 * (2 * 12 * 8 * 2),
      attention: {
        group: 3 * 4 * 8 * 2 * (6 * 6),
        // Shot 0 also sees one latent frame of shot 1, and the other way round.
        window: 3 * 4 * 8 * (4 * 8 + 8 * 12),
        frame: 3 * 4 * 8 * 3 * (4 * 4),
        routed: 0,
        dense: 0,
      },
      crossProjections: 3 * (2 * (2 * 12 * 8 * 8) + 2 * (2 * 5 * 8 * 8)),
      cross: 3 * 4 * 8 * (4 * 2 + 8 * 3),
      ffn: 3 * 2 * (2 * 12 * 8 * 20),
      head: 2 * 12 * 8 * 64,
      detail: 0,
      total: expect.any(Number),
    });
  });

  it('counts what marks of subjects add to tokens', () => {
    const marked = countFlops({ ...small, marks: 1 }, film, 'moga', [2, 3]);
    const without = countFlops(small, film, 'moga', [2, 3]);
    expect(marked.patch - without.patch).toBe(2 * 12 * 4 * 8);
    expect(marked.total - without.total).toBe(2 * 12 * 4 * 8);
  });

  it('counts convolutions over cells, the first two of which are computed twice', () => {
    const { detail, ...others } = countFlops({ ...small, detail: 12 }, film, 'moga', [2, 3]);
    const convolutions = 2 * (9 * 16 * 12 + 9 * 12 * 12) + 2 * (9 * 12 * 12);
    const joining = 48 * 8 + 8 * 48 + 48 * 64;
    expect(detail).toBe(2 * 12 * (4 * convolutions + joining));
    const blended = countFlops({ ...small, detail: 12, detail_reach: 3 }, film, 'moga', [2, 3]);
    expect(blended.detail - detail).toBe(2 * 12 * 4 * 2 * 6 * 12);
    const further = countFlops({ ...small, detail: 12, detail_residuals: 2 }, film, 'moga', [2, 3]);
    expect(further.detail - detail).toBe(2 * 12 * 4 * 4 * 9 * 12 * 12);
    const without = countFlops(small, film, 'moga', [2, 3]);
    expect(others).toMatchObject({ ffn: without.ffn, total: without.total + detail });
  });

  it('adds the parts up', () => {
    const { total, attention, ...parts } = countFlops(small, film, 'moga');
    const sum = [...Object.values(parts), ...Object.values(attention)].reduce((a, b) => a + b, 0);
    expect(total).toBe(sum);
  });

  it('pads prompts to the length that the model was trained with, by default', () => {
    expect(countFlops(small, film, 'moga')).toEqual(countFlops(small, film, 'moga', [5, 5]));
  });

  it('multiplies nothing for tokens that all see the one row of an empty prompt', () => {
    const two = countFlops(small, film, 'moga', [2]);
    expect(two.crossProjections).toBe(3 * (2 * (2 * 12 * 8 * 8) + 2 * (2 * 2 * 8 * 8)));
    expect(two.cross).toBe(3 * 4 * 8 * (12 * 2));
    const one = countFlops(small, film, 'moga', [1]);
    // The row's key and value, and the output projection of that value.
    expect(one.crossProjections).toBe(3 * 3 * (2 * 8 * 8));
    expect(one.cross).toBe(0);
    expect(one.projections).toBe(two.projections);
  });

  it('asks which of several rows of one each a token sees', () => {
    const ones = countFlops(small, film, 'moga', [1, 1]);
    expect(ones.crossProjections).toBe(3 * (2 * (2 * 12 * 8 * 8) + 2 * (2 * 2 * 8 * 8)));
    expect(ones.cross).toBe(3 * 4 * 8 * 12);
  });

  it('counts the row of padding, and as many pairs as a padded prompt has', () => {
    const padded = countFlops({ ...small, text_padded: true }, film, 'moga', [1]);
    expect(padded.text).toBe(2 * 2 * 6 * 8 + 2 * 2 * 8 * 8);
    expect(padded.crossProjections).toBe(3 * (2 * (2 * 12 * 8 * 8) + 2 * (2 * 2 * 8 * 8)));
    expect(padded.cross).toBe(3 * 4 * 8 * (12 * 5));
  });

  it('counts all pairs and no router in full attention', () => {
    const count = countFlops(small, film, 'dense');
    expect(count.attention).toEqual({ group: 0, window: 0, frame: 0, routed: 0, dense: 3 * 4 * 8 * 144 });
    expect(count.router).toBe(0);
  });

  it('stops on grouped attention without groups', () => {
    expect(() => countFlops(wanTransformers['wan2.1-14b'], wanFilm(1), 'moga')).toThrow('router groups');
  });

  it.each([
    ['wan2.1-1.3b', 1, [4.05, 0.45, 0.15]],
    ['wan2.1-1.3b', 21, [82.1, 197.8, 3.1]],
    ['wan2.1-1.3b', 120, [468, 6459, 17.7]],
    ['wan2.1-14b', 1, [39.4, 1.99, 0.65]],
    ['wan2.1-14b', 21, [785, 879, 13.7]],
    ['wan2.1-14b', 120, [4478, 28_708, 78.5]],
  ] as const)('counts %s with %d latent frames in TFLOPs', (name, latentFrames, [linear, self, cross]) => {
    const count = countFlops(wanTransformers[name], wanFilm(latentFrames), 'dense');
    expect(linearFlops(count) / 1e12 / linear).toBeCloseTo(1, 2);
    expect(count.attention.dense / 1e12 / self).toBeCloseTo(1, 2);
    expect(count.cross / 1e12 / cross).toBeCloseTo(1, 1);
    expect(linearFlops(count) + count.attention.dense + count.cross).toBeCloseTo(count.total, -6);
  });

  it.each([
    [62_400, 0.88],
    [93_600, 1.85],
    [124_800, 3.19],
    [187_200, 6.94],
  ])("reproduces MoGA's full-attention figure for %d tokens", (tokens, petaFlops) => {
    const film = wanFilm(tokens / 1560);
    expect(film.tokens).toBe(tokens);
    const { total } = countFlops(wanTransformers['wan2.1-1.3b'], film, 'dense');
    expect(Math.abs(total / 1e15 / petaFlops - 1)).toBeLessThan(0.02);
  });

  it('counts the grouped branches as shares of full attention', () => {
    const wan = { ...wanTransformers['wan2.1-1.3b'], groups: 5 };
    const film = wanFilm(120, 4);
    const all = countFlops(wan, film, 'dense').attention.dense;
    const { group, window, frame } = countFlops(wan, film, 'moga').attention;
    expect(group / all).toBeCloseTo(1 / 5, 10);
    expect(frame / all).toBeCloseTo(1 / 120, 10);
    // A quarter of the frame; 30 frames a shot, 2 more on one side of the outer shots, on both of the inner.
    expect(window / all).toBeCloseTo((30 * (32 + 34 + 34 + 32)) / 120 ** 2 / 4, 10);
  });
});

describe('countTextEncoderFlops', () => {
  it('counts projections, gated feed-forward and attention of each prompt', () => {
    const prompt = (rows: number) => 4 * 2 * rows * 4 * 4 + 3 * 2 * rows * 4 * 7 + 4 * 4 * rows * rows;
    expect(countTextEncoderFlops({ dim: 4, ffn: 7, layers: 2 }, [3, 5])).toBe(2 * (prompt(3) + prompt(5)));
  });
});

const autoencoder = {
  kind: 'papercut' as const,
  z: 16,
  ps: 4,
  dec: [160, 80, 32] as [number, number, number],
  dec_mem: [2, 1, 2] as [number, number, number],
  spatial: 16,
  temporal: 4,
};

describe('countDecodeFlops', () => {
  it("agrees with the trainer's figure of 20,533 FLOPs a pixel for Papercut's decoder", () => {
    const film = filmOf(6, 10, [24]);
    const pixels = film.width * film.height * 4 * film.latent.frames;
    expect(countDecodeFlops(autoencoder, film.latent) / pixels).toBeCloseTo(20_533, 6);
  });
});

describe('countFilmFlops', () => {
  it('makes a forward pass for every step and pass', () => {
    const film = planEvenFilm({ width: 64, height: 64, fps: 24 }, 3, 2, papercut);
    const textEncoder = { dim: 4, ffn: 7, layers: 2 };
    const model = { dit: small, text_encoder: textEncoder, ae: autoencoder };
    const prompts = [4, 2];
    const flops = countFilmFlops(model, film, 'moga', 16, [prompts, [1]]);
    const forward = (lengths: number[]) => countFlops(small, film, 'moga', lengths).total;
    // The embedding of a prompt's row and its keys and values in three layers, once for all steps.
    const row = 2 * 6 * 8 + 2 * 8 * 8 + 3 * 2 * (2 * 8 * 8);
    expect(flops.denoise).toBe(16 * (forward(prompts) + forward([1]) - 7 * row));
    expect(flops.text).toBe(countTextEncoderFlops(textEncoder, [4, 2, 1]) + 7 * row);
    expect(flops.decode).toBe(countDecodeFlops(autoencoder, film.latent));
    expect(flops.total).toBe(flops.text + flops.denoise + flops.decode);
  });

  it('counts the second pass where it is made', () => {
    const film = planEvenFilm({ width: 64, height: 64, fps: 24 }, 3, 2, papercut);
    const model = { dit: small, text_encoder: { dim: 4, ffn: 7, layers: 2 }, ae: autoencoder };
    const denoise = (steps: number, passes: number[][], every?: number) =>
      countFilmFlops(model, film, 'moga', steps, passes, every).denoise;
    const [prompted, unprompted] = [denoise(1, [[4, 2]]), denoise(1, [[1]])];
    expect(denoise(16, [[4, 2], [1]], 3)).toBe(16 * prompted + 6 * unprompted);
    expect(denoise(16, [[4, 2]], 3)).toBe(16 * prompted);
  });
});
