import type { UpscaleColumnsArguments, UpscaleRowsArguments } from '../kernels/upscale.ts';
import { sigmoidalLight, upscaleTaps } from '../kernels/upscale.ts';
import { at, type OnHost } from './values.ts';

/** Enlarges pictures along their rows by a whole factor; y: [lines, width * scale, 4], alpha 1. */
export function upscaleRows({
  pixels,
  levels,
  weights,
  y,
  lines,
  width,
  scale,
}: OnHost<UpscaleRowsArguments>): void {
  for (let line = 0; line < lines; line++) {
    for (let column = 0; column < width * scale; column++) {
      const to = (line * width * scale + column) * 4;
      for (let colour = 0; colour < 3; colour++) {
        let sum = 0;
        for (let tap = 0; tap < upscaleTaps; tap++) {
          const pixel = at(pixels, line * width + sourceOf(column, scale, tap, width));
          const level = at(levels, (pixel >>> (8 * colour)) & 255);
          sum += at(weights, (column % scale) * upscaleTaps + tap) * level;
        }
        y[to + colour] = sum;
      }
      y[to + 3] = 1;
    }
  }
}

/** Enlarges pictures [frames, height, width, 4] along their columns by a whole factor, to 8-bit RGBA. */
export function upscaleColumns({
  x,
  weights,
  rgba,
  frames,
  height,
  width,
  scale,
}: OnHost<UpscaleColumnsArguments>): void {
  for (let frame = 0; frame < frames; frame++) {
    for (let row = 0; row < height * scale; row++) {
      for (let column = 0; column < width; column++) {
        let pixel = 0xff;
        for (let colour = 2; colour >= 0; colour--) {
          let sum = 0;
          for (let tap = 0; tap < upscaleTaps; tap++) {
            const source = sourceOf(row, scale, tap, height);
            const value = at(x, ((frame * height + source) * width + column) * 4 + colour);
            sum += at(weights, (row % scale) * upscaleTaps + tap) * value;
          }
          pixel = pixel * 256 + byteOf(sum);
        }
        rgba[(frame * height * scale + row) * width + column] = pixel;
      }
    }
  }
}

/** Pixel under a tap of an enlarged pixel; past the edges the outermost. */
function sourceOf(target: number, scale: number, tap: number, size: number): number {
  const centre = (target + 0.5) / scale - 0.5;
  // Halves of whole numbers are exact in binary, thirds are not: a centre must not fall to the pixel before.
  const first = Math.floor(centre + 1e-9) - 2;
  return Math.min(Math.max(first + tap, 0), size - 1);
}

function byteOf(sigmoidal: number): number {
  const { centre, slope } = sigmoidalLight;
  const logistic = (value: number) => 1 / (1 + Math.exp(slope * (centre - value)));
  const light = (logistic(sigmoidal) - logistic(0)) / (logistic(1) - logistic(0));
  const clamped = Math.min(Math.max(light, 0), 1);
  const shown = clamped <= 0.0031308 ? 12.92 * clamped : 1.055 * clamped ** (1 / 2.4) - 0.055;
  return Math.floor(shown * 255 + 0.5);
}
