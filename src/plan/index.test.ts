import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { invariant } from '../lib/errors.ts';
import { parseModelConfig } from '../model/config.ts';
import { type AdapterLimits, type FilmPlan, planFilm, planFor } from './index.ts';
import { decoderBuffers, ditBuffers, massBytes } from './memory.ts';
import { filmOf, seededIntegers } from './testing.ts';

const configFile = new URL('../../public/models/papercut/config.json', import.meta.url);
const model = parseModelConfig(JSON.parse(readFileSync(configFile, 'utf8')));
const { dim, heads, ffn } = model.dit;
const decoder = model.ae;
invariant(decoder.kind === 'papercut', 'the built-in model has a decoder of its own');
const decoderChannels = decoder.dec;

const MiB = 2 ** 20;
/** What every WebGPU device allows. */
const leastBinding = 128 * MiB;
const limits: AdapterLimits = { bindingBytes: leastBinding, dispatchFlops: 5e10 };

const largestChunk = ({ chunks }: FilmPlan): number => Math.max(...chunks.map(({ tokens }) => tokens.count));

/** FLOPs of the largest convolution of the decoder for so many latent frames: a MemBlock's first one. */
function convolutionFlops(cells: number, latentFrames: number): number {
  const stages = decoderChannels.map((channels, i) => channels * (2 * channels) * 9 * 2 * cells * 8 ** i);
  return latentFrames * Math.max(...stages);
}

describe('planFilm', () => {
  it('plans a minute of film', () => {
    const shots = Array.from({ length: 10 }, (_, i) => ({ id: `${i}`, seconds: i === 0 ? 6 + 4 / 24 : 6 }));
    const plan = planFilm({ width: 320, height: 192, fps: 24, shots }, model, limits);
    expect(plan.geometry).toMatchObject({ frames: 1441, tokens: 361 * 60 });
    expect(plan.chunks.reduce((sum, { latent }) => sum + latent.count, 0)).toBe(361);
    expect(plan.largestBuffer).toBeLessThan(leastBinding);
    expect(plan.decodeFrames).toBe(8);
  });

  it('refuses a size that the model cannot make', () => {
    const film = { width: 330, height: 192, fps: 24, shots: [{ id: 'a', seconds: 1 }] };
    expect(() => planFilm(film, model, limits)).toThrow(
      expect.objectContaining({ code: 'storyboard-invalid', message: expect.stringMatching(/320x192\.$/) }),
    );
  });
});

describe('planFor', () => {
  it('keeps what is cut within the limits of every device', () => {
    const next = seededIntegers(5);
    for (let i = 0; i < 300; i++) {
      const geometry = filmOf(
        next(1, 34),
        next(1, 60),
        Array.from({ length: next(1, 6) }, () => next(1, 40)),
      );
      const adapter = { bindingBytes: leastBinding, dispatchFlops: next(1, 50) * 1e9 };
      const plan = planFor(geometry, model, adapter);

      const chunkTokens = largestChunk(plan);
      const { h, hidden } = ditBuffers(geometry, model.dit, chunkTokens);
      expect(Math.max(h, hidden)).toBeLessThanOrEqual(leastBinding);
      if (chunkTokens > geometry.tokensPerFrame) {
        expect(2 * chunkTokens * dim * ffn).toBeLessThanOrEqual(adapter.dispatchFlops);
      }

      const { decodeFrames } = plan;
      expect(decodeFrames).toBeGreaterThanOrEqual(1);
      expect(decodeFrames).toBeLessThanOrEqual(Math.min(8, geometry.latent.frames));
      if (decodeFrames > 1) {
        const buffers = Object.values(decoderBuffers(geometry.latent, decoder, decodeFrames)).flat();
        expect(Math.max(...buffers)).toBeLessThanOrEqual(leastBinding);
        const cells = geometry.latent.height * geometry.latent.width;
        expect(convolutionFlops(cells, decodeFrames)).toBeLessThanOrEqual(adapter.dispatchFlops);
      }
    }
  });

  it('cuts as little as the limits allow', () => {
    const geometry = filmOf(6, 10, [20]);
    const flops = 2 * dim * ffn * geometry.tokensPerFrame;
    expect(planFor(geometry, model, limits).chunks).toHaveLength(1);
    expect(planFor(geometry, model, { ...limits, dispatchFlops: 10 * flops }).chunks).toHaveLength(2);
    expect(planFor(geometry, model, { ...limits, dispatchFlops: 10 * flops - 1 }).chunks).toHaveLength(3);
    const bytes = geometry.tokensPerFrame * ffn * 4;
    expect(planFor(geometry, model, { ...limits, bindingBytes: 5 * bytes }).chunks).toHaveLength(4);
  });

  it('goes through single latent frames where not even one fits', () => {
    const plan = planFor(filmOf(6, 10, [2, 3]), model, { bindingBytes: 1, dispatchFlops: 1 });
    expect(plan.chunks.map(({ latent }) => latent.count)).toEqual([1, 1, 1, 1, 1]);
    expect(plan.decodeFrames).toBe(1);
  });

  it('names the largest buffer, which tells what fits', () => {
    // Of a short film it is one of the decoder's, of a long one the tokens of the whole film.
    const short = planFor(filmOf(6, 10, [4]), model, limits);
    expect(short.largestBuffer).toBe(4 * 4 * (240 * 16) * 48 * 4);
    const long = planFor(filmOf(6, 10, [3000]), model, limits);
    expect(long.largestBuffer).toBe(3000 * 60 * dim * 4 + massBytes(3000 * 60, heads));
  });
});
