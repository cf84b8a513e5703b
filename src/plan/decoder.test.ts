import { describe, expect, it } from 'vitest';
import type { TaehvConfig, WanVaeConfig } from '../model/config.ts';
import { decoderSizes, planDecode } from './decoder.ts';
import { taehvFlops } from './taehv.ts';
import { seededIntegers } from './testing.ts';
import { tileHalo, wanVaeBuffers, wanVaeFlops, wanVaeTiles } from './wanVae.ts';

const vae: WanVaeConfig = { kind: 'wan-vae', z: 16, dim: 96, spatial: 8, temporal: 4 };
const taehv: TaehvConfig = { kind: 'taehv', z: 16, channels: [256, 128, 64, 64], spatial: 8, temporal: 4 };
/** 832x480, five seconds. */
const film = { frames: 21, height: 60, width: 104 };
const GiB = 2 ** 30;
const limits = { bindingBytes: 2 * GiB, dispatchFlops: 5e10 };

const total = (sizes: readonly number[]) => sizes.reduce((sum, bytes) => sum + bytes, 0);

describe('wanVaeTiles', () => {
  it('covers every cell once, and sees all that there is up to the halo around it', () => {
    const next = seededIntegers(3);
    for (let round = 0; round < 50; round++) {
      const latent = { height: next(4, 60), width: next(4, 110) };
      const grid = { rows: next(1, 4), columns: next(1, 4) };
      const covered = new Uint8Array(latent.height * latent.width);
      for (const { core, seen } of wanVaeTiles(latent, grid)) {
        for (let y = core.top; y < core.top + core.height; y++) {
          for (let x = core.left; x < core.left + core.width; x++) {
            covered[y * latent.width + x] = (covered[y * latent.width + x] ?? 0) + 1;
          }
        }
        expect(seen.top).toBe(Math.max(0, core.top - tileHalo));
        expect(seen.left).toBe(Math.max(0, core.left - tileHalo));
        expect(seen.top + seen.height).toBe(Math.min(latent.height, core.top + core.height + tileHalo));
        expect(seen.left + seen.width).toBe(Math.min(latent.width, core.left + core.width + tileHalo));
      }
      expect(covered.every((count) => count === 1)).toBe(true);
    }
  });
});

describe('planDecode', () => {
  it('decodes the whole picture at once where there is room', () => {
    const plan = planDecode(film, vae, { ...limits, decodeBytes: 6 * GiB });
    expect(plan).toEqual({ frames: 1, tiles: { rows: 1, columns: 1 } });
    // Two frames of memory for every convolution: what Wan's own code keeps too.
    const { firstCaches, timeCaches, headCaches, stages } = wanVaeBuffers(film, vae, plan.tiles, 1);
    const memory = total([
      ...firstCaches,
      ...timeCaches,
      ...headCaches,
      ...stages.flatMap(({ caches }) => caches),
    ]);
    expect(memory / GiB).toBeCloseTo(3.52, 1);
  });

  it('cuts the picture where memory or a buffer is too small, along the longer side first', () => {
    for (const decodeBytes of [4, 3, 2, 1.5].map((size) => size * GiB)) {
      const plan = planDecode(film, vae, { ...limits, decodeBytes });
      expect(plan.tiles.columns).toBeGreaterThan(1);
      expect(total(decoderSizes(film, vae, plan))).toBeLessThanOrEqual(decodeBytes);
    }
    const small = planDecode(film, vae, { ...limits, bindingBytes: 128 * 2 ** 20, decodeBytes: 8 * GiB });
    expect(small.tiles).toEqual({ rows: 1, columns: 2 });
    expect(Math.max(...decoderSizes(film, vae, small))).toBeLessThanOrEqual(128 * 2 ** 20);
    const upright = { frames: 21, height: 104, width: 60 };
    expect(planDecode(upright, vae, { ...limits, decodeBytes: 4 * GiB }).tiles).toEqual({
      rows: 2,
      columns: 1,
    });
  });

  it('has no tiles for the light decoder, and chunks that fit', () => {
    const plan = planDecode(film, taehv, limits);
    expect(plan.tiles).toEqual({ rows: 1, columns: 1 });
    expect(plan.frames).toBeGreaterThanOrEqual(1);
    expect(Math.max(...decoderSizes(film, taehv, plan))).toBeLessThanOrEqual(limits.bindingBytes);
    expect(planDecode(film, taehv, { ...limits, bindingBytes: 1 }).frames).toBe(1);
  });
});

describe('FLOPs', () => {
  it("of Wan's decoder are about 13.5 TFLOP for a later latent frame at 480p", () => {
    const more = wanVaeFlops(film, vae) - wanVaeFlops({ ...film, frames: 20 }, vae);
    expect(more / 1e12).toBeGreaterThan(12.5);
    expect(more / 1e12).toBeLessThan(14.5);
  });

  it('grow in tiles by what is seen twice', () => {
    const ratio = wanVaeFlops(film, vae, { rows: 1, columns: 2 }) / wanVaeFlops(film, vae);
    expect(ratio).toBeGreaterThan(118 / 104);
    expect(ratio).toBeLessThan(1.3);
  });

  it('of the light decoder are about 0.54 TFLOP for a latent frame at 480p', () => {
    expect(taehvFlops({ ...film, frames: 1 }, taehv) / 1e12).toBeCloseTo(0.54, 1);
  });
});
