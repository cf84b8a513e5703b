import { describe, expect, it } from 'vitest';
import { taehvInventory } from '../../model/checkpoint/taehv.ts';
import { vaeInventory } from '../../model/checkpoint/vae.ts';
import type { AutoencoderConfig } from '../../model/config.ts';
import { decoderSizes } from '../../plan/decoder.ts';
import { taehvReach } from '../../plan/taehv.ts';
import { type TileGrid, tileHalo, wanVaeReach } from '../../plan/wanVae.ts';
import { decodeReel } from '../decodeFilm.ts';
import { relativeError } from '../golden/compare.ts';
import { channelsLast } from '../golden/layout.ts';
import { type Command, Runner } from '../gpu/runner.ts';
import { testGpu } from '../testing/device.ts';
import { hashedCheckpoint } from '../testing/hashedCheckpoint.ts';
import { fetchBytes } from '../testing/papercut.ts';
import { randomFloats } from '../testing/random.ts';
import { blobSource } from '../weights/byteSource.ts';
import { Safetensors } from '../weights/safetensors.ts';
import type { Decoder } from './decoder.ts';
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
  { latents, frames, size }: Omit<Case, 'decoded'>,
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

const tiny = { height: 2, width: 2 };

/** The last latent frame's pictures, of a film with these latents that is decoded from a frame on. */
async function lastPictures(
  decoder: Decoder,
  latents: Float32Array<ArrayBuffer>,
  from = 0,
): Promise<Uint8Array> {
  const x = gpu.upload('latents', latents);
  decoder.rewind();
  const frames = latents.length / (tiny.height * tiny.width * 16);
  for (let frame = from; frame < frames; frame++) await runner.run(await decoder.decode(x, frame, 1));
  gpu.free(x);
  return new Uint8Array(await gpu.read(decoder.rgba));
}

/** The same tile by tile, put together as a film is. */
async function decodeTiles(
  decoder: WanVaeDecoder,
  { latents, frames, size }: Case,
): Promise<Uint8ClampedArray> {
  const frameBytes = 64 * size.height * size.width * 4;
  const x = gpu.upload('latents', latents);
  const made: Uint8ClampedArray[] = [];
  await decodeReel(
    {
      ...{ gpu, runner, decoder, frames, frameBytes, decodeFrames: 1, temporal: 4, signal: undefined },
      listener(event) {
        if (event.type === 'frames') made.push(...event.frames);
      },
    },
    { at: { start: 0, count: frames }, latents: x, from: 0 },
  );
  gpu.free(x);
  const all = new Uint8ClampedArray(made.length * frameBytes);
  for (const [i, frame] of made.entries()) all.set(frame, i * frameBytes);
  return all;
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
    expect(error).toBeLessThan(1e-3);
    expect(offColours(rgba, film.decoded)).toBe(0);
    decoder.free();
  });

  it('gives the very same pictures in tiles', async () => {
    const film = await readCase('wan-vae', 'wide');
    const whole = new WanVaeDecoder(gpu, vaeConfig, vaeWeights, film.size, { frames: 3, tiles: one });
    const { floats, rgba } = await decode(whole, film, 3);
    expect(relativeError(floats, film.decoded)).toBeLessThan(1e-3);
    whole.free();

    const plan = { frames: 1, tiles: { rows: 2, columns: 2 } };
    const tiled = new WanVaeDecoder(gpu, vaeConfig, vaeWeights, film.size, plan);
    expect(await decodeTiles(tiled, film)).toEqual(rgba);
    tiled.free();
  });

  it('sees enough around a tile, and no less would do', () => {
    // Pixels of the core must not depend on what lies beyond the halo: seven cells, as far as the last stages reach.
    const reach = 7 / 2 + 7 / 4 + 7 / 8;
    expect(tileHalo).toBeGreaterThanOrEqual(reach);
    expect(tileHalo - 1).toBeLessThan(reach);
  });

  it('starts in the middle of a film as if it came from the start', async () => {
    const decoder = new WanVaeDecoder(gpu, vaeConfig, vaeWeights, tiny, { frames: 1, tiles: one });
    const frames = wanVaeReach + 3;
    const latents = randomFloats(5, frames * 4 * 16, 1.5);
    const whole = await lastPictures(decoder, latents);
    expect(await lastPictures(decoder, latents, frames - 1 - decoder.reach)).toEqual(whole);
    expect(await lastPictures(decoder, latents, frames - 3)).not.toEqual(whole);
    decoder.free();
  });

  it.each([[one], [{ rows: 1, columns: 3 }]])(
    'shows a latent frame by itself, without touching what it remembers: %o',
    async (tiles) => {
      const { size, latents } = await readCase('wan-vae', 'wide');
      const x = gpu.upload('latents', latents);
      const decoder = new WanVaeDecoder(gpu, vaeConfig, vaeWeights, size, { frames: 1, tiles });
      const frameBytes = 64 * size.height * size.width * 4;
      const last = { buffer: decoder.rgba, offset: 3 * frameBytes, size: frameBytes };
      const rgba = async () => new Uint8Array(await gpu.read(last));

      const whole = new WanVaeDecoder(gpu, vaeConfig, vaeWeights, size, { frames: 1, tiles: one });
      await runner.run(await whole.decode(x, 1, 1));
      const still = new Uint8Array(await gpu.read({ ...last, buffer: whole.rgba }));
      await runner.run(await whole.decode(x, 2, 1));
      const second = new Uint8Array(await gpu.read({ ...last, buffer: whole.rgba }));

      await runner.run(await decoder.preview(x, 1));
      expect(await rgba()).toEqual(still);
      if (tiles === one) {
        await runner.run(await decoder.decode(x, 1, 1));
        await runner.run(await decoder.preview(x, 0));
        await runner.run(await decoder.decode(x, 2, 1));
        expect(await rgba()).toEqual(second);
      }
      gpu.free(x);
      decoder.free();
      whole.free();
    },
  );

  it.each([[one], [{ rows: 2, columns: 2 }]])('takes the memory that was planned: %o', (tiles) => {
    const size = { height: 20, width: 24 };
    const plan = { frames: 2, tiles };
    const before = gpu.bytes;
    const decoder = new WanVaeDecoder(gpu, vaeConfig, vaeWeights, size, plan);
    const planned = decoderSizes(size, vaeConfig, plan).reduce((sum, bytes) => sum + bytes, 0);
    expect(gpu.bytes - before).toBeGreaterThanOrEqual(planned);
    // Sizes are rounded up to 16 bytes.
    expect(gpu.bytes - before).toBeLessThan(1.001 * planned);
    decoder.free();
    expect(gpu.bytes).toBe(before);
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
    expect(relativeError(floats, film.decoded)).toBeLessThan(1e-3);
    expect(offColours(rgba, film.decoded)).toBe(0);
    decoder.free();
  });

  it('starts in the middle of a film as if it came from the start', async () => {
    const decoder = new TaehvDecoder(gpu, taehvConfig, taehvWeights, tiny, 1);
    const frames = taehvReach + 3;
    const frame = 4 * 16;
    const latents = randomFloats(5, frames * frame, 1.5);
    const first = frames - 1 - decoder.reach;
    /** The last latent frame's pictures, where the latents of some others are strange. */
    const last = async (from: number, to: number): Promise<Float32Array> => {
      const strange = latents.map((x, i) => (i >= from * frame && i < to * frame ? 3 : x));
      const { floats } = await decode(decoder, { latents: strange, frames, size: tiny }, 1);
      return floats.slice(-4 * 64 * 4 * 3);
    };
    const whole = await last(0, 0);
    expect(await last(0, first)).toEqual(whole);
    expect(await last(first, first + 1)).not.toEqual(whole);
    decoder.free();
  });

  it('shows a latent frame by itself', async () => {
    const { size, latents, frames } = await readCase('taehv', 'film');
    const x = gpu.upload('latents', latents);
    const decoder = new TaehvDecoder(gpu, taehvConfig, taehvWeights, size, 1);
    const rgba = async () => new Uint8Array(await gpu.read(decoder.rgba));
    const decodeFrom = async (from: number): Promise<Uint8Array> => {
      decoder.rewind();
      for (let frame = from; frame < frames; frame++) await runner.run(await decoder.decode(x, frame, 1));
      return rgba();
    };
    const alone = await decodeFrom(frames - 1);
    const whole = await decodeFrom(0);
    expect(alone).not.toEqual(whole);
    await runner.run(await decoder.preview(x, frames - 1));
    expect(await rgba()).toEqual(alone);
    expect(await decodeFrom(0)).toEqual(whole);
    gpu.free(x);
    decoder.free();
  });

  it('takes the memory that was planned', () => {
    const size = { height: 4, width: 6 };
    const before = gpu.bytes;
    const decoder = new TaehvDecoder(gpu, taehvConfig, taehvWeights, size, 2);
    const planned = decoderSizes(size, taehvConfig, { frames: 2, tiles: one });
    expect(gpu.bytes - before).toBe(planned.reduce((sum, bytes) => sum + bytes, 0));
    decoder.free();
    expect(gpu.bytes).toBe(before);
  });
});
