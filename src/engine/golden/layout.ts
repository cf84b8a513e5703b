/** [1, C, T, h, w] as PyTorch keeps latents, to [T, h, w, C] as the engine does. */
export function channelsLast(
  values: Float32Array,
  [channels, frames, height, width]: Shape4,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(values.length);
  const cells = frames * height * width;
  for (let c = 0; c < channels; c++) {
    for (let cell = 0; cell < cells; cell++) out[cell * channels + c] = values[c * cells + cell] ?? 0;
  }
  return out;
}

/** Velocity tokens [T * rows * columns, patch * patch * C], to [T, h, w, C]. */
export function unpatchify(
  tokens: Float32Array,
  { frames, rows, columns, patch, channels }: PatchGrid,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(tokens.length);
  const width = columns * patch;
  for (let token = 0; token < frames * rows * columns; token++) {
    const frame = Math.floor(token / (rows * columns));
    const row = Math.floor(token / columns) % rows;
    const column = token % columns;
    for (let cell = 0; cell < patch * patch; cell++) {
      const y = row * patch + Math.floor(cell / patch);
      const x = column * patch + (cell % patch);
      const from = (token * patch * patch + cell) * channels;
      out.set(tokens.subarray(from, from + channels), ((frame * rows * patch + y) * width + x) * channels);
    }
  }
  return out;
}

/** [frames, 3, height, width], to the colours of [frames, height, width, 3]. */
export function coloursLast(
  values: ArrayLike<number>,
  frames: number,
  pixels: number,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(frames * pixels * 3);
  for (let frame = 0; frame < frames; frame++) {
    for (let c = 0; c < 3; c++) {
      for (let p = 0; p < pixels; p++) {
        out[(frame * pixels + p) * 3 + c] = values[(frame * 3 + c) * pixels + p] ?? 0;
      }
    }
  }
  return out;
}

/** RGBA to the colours alone. */
export function withoutAlpha(rgba: Uint8ClampedArray): Float32Array<ArrayBuffer> {
  const out = new Float32Array((rgba.length / 4) * 3);
  for (let p = 0; p < rgba.length / 4; p++) {
    for (let c = 0; c < 3; c++) out[p * 3 + c] = rgba[p * 4 + c] ?? 0;
  }
  return out;
}

type Shape4 = readonly [number, number, number, number];

interface PatchGrid {
  frames: number;
  rows: number;
  columns: number;
  patch: number;
  channels: number;
}
