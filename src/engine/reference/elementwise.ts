import type { DepthToSpaceArguments, FramesRgbaArguments } from '../kernels/elementwise.ts';
import { at, type OnHost, type Values } from './values.ts';

/** y[rows, width] = a[rows, width] + b[width]. */
export function addRows(args: { a: Values; b: Values; y: Values; rows: number; width: number }): void {
  const { a, b, y, rows, width } = args;
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) y[row * width + i] = at(a, row * width + i) + at(b, i);
  }
}

/** y *= a, value by value. */
export function multiply({ a, y, count }: { a: Values; y: Values; count: number }): void {
  for (let i = 0; i < count; i++) y[i] = at(y, i) * at(a, i);
}

/** Latents [cells, channels] from the sampler's scale to the decoder's, softly limited to +-6. */
export function denormalize(args: {
  x: Values;
  mean: Values;
  deviation: Values;
  y: Values;
  cells: number;
  channels: number;
}): void {
  const { x, mean, deviation, y, cells, channels } = args;
  for (let cell = 0; cell < cells; cell++) {
    for (let c = 0; c < channels; c++) {
      const i = cell * channels + c;
      y[i] = 6 * Math.tanh((at(x, i) * at(deviation, c) + at(mean, c)) / 6);
    }
  }
}

/** Spreads channel blocks, ordered (frame, dy, dx, channel), over time and space. */
export function depthToSpace(args: OnHost<DepthToSpaceArguments>): void {
  const { x, y, frames, height, width, channels, time, space } = args;
  let from = 0;
  for (let frame = 0; frame < frames; frame++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        for (let f = 0; f < time; f++) {
          for (let dy = 0; dy < space; dy++) {
            for (let dx = 0; dx < space; dx++) {
              const line = (frame * time + f) * height * space + row * space + dy;
              const pixel = line * width * space + column * space + dx;
              for (let c = 0; c < channels; c++) y[pixel * channels + c] = at(x, from++);
            }
          }
        }
      }
    }
  }
}

/** Pixel shuffle of features ordered (colour, dy, dx) and quantisation of [-1, 1] to RGBA, 8 bits a channel. */
export function framesRgba({ x, rgba, frames, height, width, space }: OnHost<FramesRgbaArguments>): void {
  const bytes = new Uint8Array(rgba.buffer, rgba.byteOffset, rgba.byteLength).fill(255);
  let from = 0;
  for (let frame = 0; frame < frames; frame++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        for (let colour = 0; colour < 3; colour++) {
          for (let dy = 0; dy < space; dy++) {
            for (let dx = 0; dx < space; dx++) {
              const line = (frame * height + row) * space + dy;
              const pixel = line * width * space + column * space + dx;
              const value = Math.min(Math.max(at(x, from++), -1), 1);
              bytes[4 * pixel + colour] = Math.round((value + 1) * 127.5);
            }
          }
        }
      }
    }
  }
}
