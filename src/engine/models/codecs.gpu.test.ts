import { describe, expect, it } from 'vitest';
import { taehvInventory } from '../../model/checkpoint/taehv.ts';
import { vaeInventory } from '../../model/checkpoint/vae.ts';
import type { AutoencoderConfig } from '../../model/config.ts';
import type { TileGrid } from '../../plan/wanVae.ts';
import { relativeError } from '../golden/compare.ts';
import { channelsLast } from '../golden/layout.ts';
import { type Command, Runner } from '../gpu/runner.ts';
import { testGpu } from '../testing/device.ts';
import { hashedCheckpoint } from '../testing/hashedCheckpoint.ts';
import { fetchBytes } from '../testing/papercut.ts';
import { blobSource } from '../weights/byteSource.ts';
import { Safetensors } from '../weights/safetensors.ts';
import { TaehvDecoder } from './taehv.ts';
import { loadTaehvWeights } from './taehvWeights.ts';
import { WanVaeDecoder } from './wanVae.ts';
import { loadWanVaeWeights } from './wanVaeWeights.ts';

const gpu = await testGpu();
const runner = new Runner(gpu);

const fixtures: Record<string, string> = import.meta.glob('../golden/fixtures/wan/{vae,taehv}.safetensors', {
  query: '?url',
  import: 'default',
  eager: true,
});
async function golden(name: string): Promise<Safetensors> {
  const url = fixtures[`../golden/fixtures/wan/${name}.safetensors`] ?? '';
  return Safetensors.open(blobSource(name, await fetchBytes(url)));
}

const vaeConfig = { kind: 'wan-vae', dim: 8, z: 16, spatial: 8, temporal: 4 } as const;
const taehvConfig = {
  kind: 'taehv',
  z: 16,
  channels: [256, 128, 64, 64] as [number, number, number, number],
  spatial: 8,
  temporal: 4,
} as const;
const vaeWeights = await loadWanVaeWeights(gpu, vaeConfig, await hashedCheckpoint(vaeInventory(vaeConfig)));
const taehvWeights = await loadTaehvWeights(
  gpu,
  taehvConfig,
  await hashedCheckpoint(taehvInventory(taehvConfig)),
);
const one: TileGrid = { rows: 1, columns: 1 };

interface Case {
  latents: Float32Array<ArrayBuffer>;
  frames: number;
  size: { height: number; width: number };
  /** [frames, height, width, 3], -1 to 1. */
  decoded: Float32Array;
}

/** Latents [C, T, h, w]; pictures [3, F, H, W] of the VAE in -1 to 1, [F, 3, H, W] of TAEHV in 0 to 1. */
async function readCase(kind: AutoencoderConfig['kind'], name: string): Promise<Case> {
  const file = await golden(kind === 'taehv' ? 'taehv' : 'vae');
  const [channels = 0, frames = 0, height = 0, width = 0] = file.entry(`${name}.z`).shape;
  const z = await file.floats(`${name}.z`);
  const raw = await file.floats(`${name}.decoded`);
  const shown = 4 * frames - 3;
  const size = [64 * height * width, 1, 1] as const;
  let decoded: Float32Array;
  if (kind === 'taehv') {
    decoded = new Float32Array(raw.length);
    for (let frame = 0; frame < shown; frame++) {
      const part = raw.subarray(frame * 3 * size[0], (frame + 1) * 3 * size[0]);
      decoded.set(
        channelsLast(part, [3, ...size]).map((value) => 2 * value - 1),
        frame * part.length,
      );
    }
  } else {
    decoded = channelsLast(raw, [3, shown, 64 * height * width, 1]);
  }
  return {
    latents: channelsLast(z, [channels, frames, height, width]),
    frames,
    size: { height, width },
    decoded,
  };
}

/** Every picture before it is rounded, and all of them as RGBA, decoded in chunks. */
async function decode(
  decoder: WanVaeDecoder | TaehvDecoder,
  { latents, frames, size }: Case,
  chunk: number,
): Promise<{ floats: Float32Array; rgba: Uint8ClampedArray }> {
  const pixels = 64 * size.height * size.width;
  const x = gpu.upload('latents', latents);
  const all = gpu.buffer('pictures', 4 * frames * pixels * 12);
  let made = 0;
  const trace = (picture: GPUBuffer, bytes: number): Command => {
    const toOffset = made * bytes;
    made += 1;
    return { from: picture, to: all, toOffset, bytes };
  };
  decoder.rewind();
  const rgba = new Uint8ClampedArray(4 * frames * pixels * 4);
  for (let first = 0; first < frames; first += chunk) {
    const count = Math.min(chunk, frames - first);
    await runner.run(await decoder.decode(x, first, count, trace));
    const bytes = await gpu.read({ buffer: decoder.rgba, size: 4 * count * pixels * 4 });
    rgba.set(new Uint8ClampedArray(bytes), first * 4 * pixels * 4);
  }
  const shown = 4 * frames - 3;
  // TAEHV makes three frames more before the first.
  const floats = new Float32Array(await gpu.read({ buffer: all, size: made * pixels * 12 }));
  gpu.free(x, all);
  return {
    floats: floats.subarray((made - shown) * pixels * 3),
    rgba: rgba.subarray(3 * pixels * 4),
  };
}

function toColours(decoded: Float32Array): Uint8ClampedArray {
  return Uint8ClampedArray.from(decoded, (value) =>
    Math.floor((Math.min(1, Math.max(-1, value)) + 1) * 127.5 + 0.5),
  );
}

/** Colours of an RGBA film that are more than one step off. */
function offColours(rgba: Uint8ClampedArray, decoded: Float32Array): number {
  const wanted = toColours(decoded);
  let off = 0;
  for (let i = 0; i < wanted.length; i++) {
    const ours = rgba[Math.floor(i / 3) * 4 + (i % 3)] ?? 0;
    if (Math.abs(ours - (wanted[i] ?? 0)) > 1) off += 1;
  }
  return off;
}

describe('WanVaeDecoder', () => {
  it.each([
    ['film', 1],
    ['film', 2],
    ['film', 5],
    ['still', 1],
  ])("decodes as Wan's own code does: %s, %i latent frames at a time", async (name, chunk) => {
    const film = await readCase('wan-vae', name);
    const decoder = new WanVaeDecoder(gpu, vaeConfig, vaeWeights, film.size, { frames: chunk, tiles: one });
    const { floats, rgba } = await decode(decoder, film, chunk);
    const error = relativeError(floats, film.decoded);
    console.info(`Wan-VAE, ${name} by ${chunk}: relative error ${error.toExponential(1)}`);
    expect(error).toBeLessThan(1e-3);
    expect(offColours(rgba, film.decoded)).toBe(0);
    decoder.free();
  });
});

describe('TaehvDecoder', () => {
  it.each([
    ['film', 1],
    ['film', 3],
    ['still', 1],
  ])("decodes as its author's code does: %s, %i latent frames at a time", async (name, chunk) => {
    const film = await readCase('taehv', name);
    const decoder = new TaehvDecoder(gpu, taehvConfig, taehvWeights, film.size, chunk);
    const { floats, rgba } = await decode(decoder, film, chunk);
    const error = relativeError(floats, film.decoded);
    console.info(`TAEHV, ${name} by ${chunk}: relative error ${error.toExponential(1)}`);
    expect(error).toBeLessThan(1e-3);
    expect(offColours(rgba, film.decoded)).toBe(0);
    decoder.free();
  });
});
