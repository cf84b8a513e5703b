import type { Run } from '../plan/types.ts';
import type { FilmListener } from './filmEvents.ts';
import type { Gpu } from './gpu/gpu.ts';
import type { Runner } from './gpu/runner.ts';
import type { KeptShot } from './keptShots.ts';
import type { Decoder } from './models/decoder.ts';
import { TiledPictures } from './tiledPictures.ts';

/** A run of the film that is decoded in one go, from its own latents or from an earlier film's. */
export interface Reel {
  /** Latent frames of the film. */
  at: Run;
  latents: GPUBuffer;
  /** First latent frame in `latents`; what stands before it there, the decoder remembers. */
  from: number;
}

export interface ReelSetting {
  gpu: Gpu;
  runner: Runner;
  decoder: Decoder;
  /** Latent frames of the film, and how many are decoded at a time. */
  frames: number;
  decodeFrames: number;
  /** Bytes of a decoded frame, and frames that a latent frame stands for. */
  frameBytes: number;
  temporal: number;
  listener: FilmListener;
  signal: AbortSignal | undefined;
}

export interface DecodeSetting extends ReelSetting {
  /** Clean latents of the film. */
  x: GPUBuffer;
  kept: readonly KeptShot[];
}

/**
 * Decodes the film in order. Kept shots are decoded from the film that they come from, together with what stood
 * before them there, so that their frames are the very same again; a film without them is one reel.
 */
export async function decodeFilm(setting: DecodeSetting): Promise<void> {
  for (const reel of reelsOf(setting)) await decodeReel(setting, reel);
}

/**
 * Decodes one run of the film; `listener` gets its frames with their places in the film. Where the decoder works in
 * tiles, each goes through the whole run, and frames come with the last one.
 */
export async function decodeReel(setting: ReelSetting, reel: Reel): Promise<void> {
  const { decoder } = setting;
  const pictureWidth = Math.max(...decoder.tiles.map(({ left, width }) => left + width));
  const pictures = new TiledPictures(decoder.tiles, pictureWidth);
  for (const tile of decoder.tiles.keys()) await decodeTile(setting, reel, tile, pictures);
}

async function decodeTile(
  setting: ReelSetting,
  { at, latents, from }: Reel,
  tile: number,
  tiled: TiledPictures,
): Promise<void> {
  const { gpu, runner, decoder, decodeFrames, temporal, frameBytes, frames, listener, signal } = setting;
  const options = signal ? { signal } : {};
  decoder.rewind(tile);
  const context = Math.min(decoder.reach, from);
  for (let first = from - context; first < from; first += decodeFrames) {
    const count = Math.min(decodeFrames, from - first);
    await runner.run(await decoder.decode(latents, first, count), options);
  }
  for (let done = 0; done < at.count; done += decodeFrames) {
    const count = Math.min(decodeFrames, at.count - done);
    await runner.run(await decoder.decode(latents, from + done, count), options);
    const read = await gpu.read({ buffer: decoder.rgba, size: count * temporal * frameBytes });
    runner.check();
    const latent = at.start + done;
    const share = (tile * at.count + done + count) / decoder.tiles.length;
    await listener({ type: 'work', stage: 'decode', done: at.start + share, total: frames });
    const rgba = tiled.add(latent, tile, read, frameBytes);
    if (!rgba) continue;
    // The first latent frame of a film decodes to `temporal` frames of which only the last is real.
    const skip = latent === 0 ? temporal - 1 : 0;
    const pictures = Array.from(
      { length: count * temporal - skip },
      (_, i) => new Uint8ClampedArray(rgba, (skip + i) * frameBytes, frameBytes),
    );
    const first = Math.max(0, 1 + temporal * (latent - 1));
    await listener({ type: 'frames', first, latent: latent + count, frames: pictures });
  }
}

/** Runs between kept shots, and every kept shot by itself, in the order of the film. */
function reelsOf({ gpu, x, frames, kept }: DecodeSetting): Reel[] {
  const reels: Reel[] = [];
  let next = 0;
  const own = (end: number): void => {
    if (end > next) reels.push({ at: { start: next, count: end - next }, latents: x, from: next });
  };
  for (const { at, film, from } of [...kept].sort((a, b) => a.at.start - b.at.start)) {
    own(at.start);
    reels.push({ at, latents: gpu.upload('kept film', film), from });
    next = at.start + at.count;
  }
  own(frames);
  return reels;
}
