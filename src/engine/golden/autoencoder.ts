import { invariant } from '../../lib/errors.ts';
import { PapercutDecoder } from '../models/autoencoder.ts';
import type { Safetensors } from '../weights/safetensors.ts';
import { psnrRow } from './compare.ts';
import { coloursLast, withoutAlpha } from './layout.ts';
import type { GoldenSetting, RowListener } from './setting.ts';

const atLeastDb = 40;

/** The decoder on `ae.latent_raw` [1, T, z, h, w] against `ae.decoded` [1, frames, 3, H, W], one latent frame at a time and all at once. */
export async function compareAutoencoder(
  { gpu, runner, model, config }: GoldenSetting,
  golden: Safetensors,
  report: RowListener,
): Promise<void> {
  const { ae } = config;
  const { decoder: weights } = model;
  invariant(
    ae.kind === 'papercut' && weights.kind === 'papercut',
    'these goldens are of the built-in decoder',
  );
  const { z, spatial, temporal } = ae;
  const [, frames = 0, , height = 0, width = 0] = golden.entry('ae.latent_raw').shape;
  const raw = await golden.floats('ae.latent_raw');
  const mean = new Float32Array(await gpu.read(weights.mean));
  const deviation = new Float32Array(await gpu.read(weights.deviation));
  const cells = height * width;
  const normalised = new Float32Array(raw.length);
  for (let frame = 0; frame < frames; frame++) {
    for (let c = 0; c < z; c++) {
      for (let cell = 0; cell < cells; cell++) {
        const value = raw[(frame * z + c) * cells + cell] ?? 0;
        normalised[(frame * cells + cell) * z + c] = (value - (mean[c] ?? 0)) / (deviation[c] ?? 1);
      }
    }
  }
  const latents = gpu.upload('golden latents', normalised);
  const pixels = cells * spatial * spatial;
  const shown = 1 + temporal * (frames - 1);
  const decoded = coloursLast(await golden.floats('ae.decoded'), shown, pixels);
  const reference = decoded.map((value) => Math.floor((Math.min(1, Math.max(-1, value)) + 1) * 127.5 + 0.5));

  for (const chunk of new Set([1, frames])) {
    const decoder = new PapercutDecoder(gpu, ae, weights, { height, width }, chunk);
    const ours = new Uint8ClampedArray(frames * temporal * pixels * 4);
    for (let first = 0; first < frames; first += chunk) {
      await runner.run(await decoder.decode(latents, first, chunk));
      ours.set(new Uint8ClampedArray(await gpu.read(decoder.rgba)), first * temporal * pixels * 4);
    }
    const kept = ours.subarray((temporal - 1) * pixels * 4);
    report(psnrRow(`ae.decoded by ${chunk}`, withoutAlpha(kept), reference, atLeastDb));
    decoder.free();
  }
  gpu.free(latents);
}
