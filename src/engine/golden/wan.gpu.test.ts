import { describe, expect, it } from 'vitest';
import { invariant } from '../../lib/errors.ts';
import type { Trace } from '../models/dit.ts';
import { testGpu } from '../testing/device.ts';
import { hashedTensors } from '../testing/hashed.ts';
import { fetchBytes } from '../testing/papercut.ts';
import { quantised } from '../testing/quantised.ts';
import { type WanCase, wanVelocities } from '../testing/wanForward.ts';
import { blobSource } from '../weights/byteSource.ts';
import { Safetensors } from '../weights/safetensors.ts';
import { relativeError } from './compare.ts';
import fixture from './fixtures/wan/transformer.safetensors?url';
import { channelsLast } from './layout.ts';

const gpu = await testGpu();
const golden = await Safetensors.open(blobSource('transformer', await fetchBytes(fixture)));
const cases: Record<string, WanCase & { t: number[] }> = JSON.parse(golden.metadata.cases ?? '{}');

describe("Wan's transformer against the original code", () => {
  it('has cases', () => expect(Object.keys(cases).length).toBeGreaterThan(2));

  it.each(Object.entries(cases))('%s', async (name, wan) => {
    const block0: GPUBuffer[] = [];
    const [frames, height, width] = wan.latent;
    const trace: Trace = (tensor, from, bytes) => {
      if (tensor !== 'block0') return null;
      const to = gpu.buffer('block 0', bytes);
      block0.push(to);
      return { from, to, bytes };
    };
    const velocities = await wanVelocities(gpu, wan, wan.t, 'resident', { trace });
    for (const [i, t] of wan.t.entries()) {
      const reference = channelsLast(await golden.floats(`${name}.t${t}.v`), [16, frames, height, width]);
      expect(relativeError(velocities[i] ?? [], reference)).toBeLessThan(1e-4);
    }
    const tokens = (frames * height * width) / 4;
    const [traced] = block0;
    const ours = traced ? new Float32Array(await gpu.read(traced)).subarray(0, tokens * wan.config.dim) : [];
    const last = await golden.floats(`${name}.t${wan.t.at(-1)}.block0`);
    expect(relativeError(ours, last)).toBeLessThan(1e-4);
    gpu.free(...block0);
  });
});

describe('packed weights against the original code', () => {
  const [name = '', wan] = Object.entries(cases)[0] ?? [];

  async function errorOf(options: Parameters<typeof wanVelocities>[4]): Promise<number> {
    invariant(wan, 'there are cases');
    const [t = 0] = wan.t;
    const [ours = []] = await wanVelocities(gpu, wan, [t], 'resident', options);
    return relativeError(ours, channelsLast(await golden.floats(`${name}.t${t}.v`), [16, ...wan.latent]));
  }

  // Measured: 3.3e-4, 3.0e-3 and 4.7e-2.
  it('differ by less than 5e-4 in f16', async () => {
    const error = await errorOf({ format: 'f16' });
    expect(error).toBeLessThan(5e-4);
    expect(error).toBeGreaterThan(1e-5);
  });

  it.each([
    ['int8', 5e-3],
    ['int4', 7e-2],
  ] as const)('differ in %s by less than %d', async (format, tolerance) => {
    const error = await errorOf({ checkpoint: quantised(hashedTensors(), format) });
    expect(error).toBeLessThan(tolerance);
    expect(error).toBeGreaterThan(tolerance / 5);
  });
});

describe('streamed blocks', () => {
  // With an odd number of blocks the first and the last share buffers.
  it.each([3, 4, 5])('give the same bits as resident ones, %i blocks', async (layers) => {
    const wan: WanCase = {
      config: { dim: 256, ffn: 512, heads: 2, layers, text_len: 8, text_dim: 64 },
      latent: [3, 4, 6],
      rows: 5,
    };
    const timesteps = [900, 300, 5];
    const resident = await wanVelocities(gpu, wan, timesteps, 'resident');
    const streamed = await wanVelocities(gpu, wan, timesteps, 'streamed');
    expect(streamed).toEqual(resident);
    expect(resident[0]).not.toEqual(resident[1]);
  });

  it('give the same bits in a packed format', async () => {
    const wan: WanCase = {
      config: { dim: 256, ffn: 512, heads: 2, layers: 3, text_len: 8, text_dim: 64 },
      latent: [2, 4, 4],
      rows: 5,
    };
    const resident = await wanVelocities(gpu, wan, [300, 5], 'resident', { format: 'f16' });
    expect(await wanVelocities(gpu, wan, [300, 5], 'streamed', { format: 'f16' })).toEqual(resident);
  });
});
