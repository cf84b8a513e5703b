import type { EulerArguments } from '../kernels/euler.ts';
import type { HoldFramesArguments, PatchShape } from '../kernels/latent.ts';
import { at, type OnHost, type Values } from './values.ts';

/** A cell of the latent video and the token that it belongs to. */
interface Cell {
  /** Row of [frames * height * width]. */
  cell: number;
  token: number;
  /** Place in the token's patch. */
  py: number;
  px: number;
}

function* cellsOf({ grid, patchSize }: PatchShape): Generator<Cell> {
  const height = grid.rows * patchSize;
  const width = grid.columns * patchSize;
  for (let frame = 0; frame < grid.frames; frame++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const row = Math.floor(y / patchSize);
        const column = Math.floor(x / patchSize);
        yield {
          cell: (frame * height + y) * width + x,
          token: (frame * grid.rows + row) * grid.columns + column,
          py: y - row * patchSize,
          px: x - column * patchSize,
        };
      }
    }
  }
}

/** Latents x to patch features y [tokens, channels * patchSize^2], ordered (channel, py, px). */
export function patchify(shape: PatchShape, { x, y }: { x: Values; y: Values }): void {
  const { channels, patchSize } = shape;
  for (const { cell, token, py, px } of cellsOf(shape)) {
    for (let c = 0; c < channels; c++) {
      const feature = (c * patchSize + py) * patchSize + px;
      y[token * channels * patchSize ** 2 + feature] = at(x, cell * channels + c);
    }
  }
}

/** One Euler step of rectified flow with classifier-free guidance; velocity features ordered (py, px, channel). */
export function eulerStep(shape: PatchShape, args: OnHost<EulerArguments>): void {
  const { x, vCond, vNull, estimate, guidance, sigma, nextSigma } = args;
  const { channels, patchSize } = shape;
  for (const { cell, token, py, px } of cellsOf(shape)) {
    for (let c = 0; c < channels; c++) {
      const feature = (py * patchSize + px) * channels + c;
      const from = token * channels * patchSize ** 2 + feature;
      const v = at(vNull, from) + guidance * (at(vCond, from) - at(vNull, from));
      const index = cell * channels + c;
      const before = at(x, index);
      estimate[index] = before - sigma * v;
      x[index] = before + (nextSigma - sigma) * v;
    }
  }
}

/** Held frames at noise level sigma. */
export function holdFrames(args: OnHost<HoldFramesArguments>): void {
  const { x, clean, noise, held, frames, frameSize, sigma } = args;
  for (let frame = 0; frame < frames; frame++) {
    if (at(held, frame) === 0) continue;
    for (let i = frame * frameSize; i < (frame + 1) * frameSize; i++) {
      x[i] = (1 - sigma) * at(clean, i) + sigma * at(noise, i);
    }
  }
}
