import { type Motion, type ShotSize, sourcesOf } from './motion.ts';

/** Of a latent cell's height and width: noise moves by whole parts, as smoothly as films do. */
const parts = 4;

/**
 * Lets a shot's independent noise [frames, height, width, channels] go along with the camera, in place: what was in the
 * picture a frame before has a correlation with what it was, what comes into it is new (Burgert et al. 2025,
 * "Go-with-the-Flow: Motion-Controllable Video Diffusion Models Using Real-Time Warped Noise"). Every cell is the sum of
 * parts that move by whole ones, so that each frame by itself stays normal and independent from cell to cell.
 *
 * @param detailOf Normal values from which a frame's parts are made.
 */
export function moveNoise(
  noise: Float32Array,
  size: ShotSize,
  correlation: number,
  motion: Motion,
  detailOf: (frame: number, count: number) => Float32Array,
): void {
  const { frames, channels } = size;
  const [height, width] = [size.height * parts, size.width * parts];
  const { rows, columns } = sourcesOf(motion, frames, { height, width });
  const frameSize = size.height * size.width * channels;
  const fresh = Math.sqrt(1 - correlation ** 2);
  let before = new Float32Array();
  for (let frame = 0; frame < frames; frame++) {
    const cells = noise.subarray(frame * frameSize, (frame + 1) * frameSize);
    const now = inParts(cells, size, detailOf(frame, height * width * channels));
    for (let y = 0; y < height; y++) {
      const row = rows[frame * height + y] ?? -1;
      for (let x = 0; x < width; x++) {
        const column = columns[frame * width + x] ?? -1;
        if (row < 0 || column < 0) continue;
        const to = (y * width + x) * channels;
        const from = (row * width + column) * channels;
        for (let c = 0; c < channels; c++) {
          now[to + c] = correlation * (before[from + c] ?? 0) + fresh * (now[to + c] ?? 0);
        }
      }
    }
    if (frame > 0) cells.set(sumsOfParts(now, size));
    before = now;
  }
}

/** One frame's noise as that of its cells' parts, which add up to `parts` times it; takes normal values to make them from. */
function inParts(cells: Float32Array, size: ShotSize, detail: Float32Array): Float32Array<ArrayBuffer> {
  const sums = sumsOfParts(detail, size);
  const out = new Float32Array(detail.length);
  forEachPart(size, (cell, part) => {
    // The sum of a cell's parts, over `parts`, is to be what the cell is.
    out[part] = (detail[part] ?? 0) + ((cells[cell] ?? 0) - (sums[cell] ?? 0)) / parts;
  });
  return out;
}

/** Of every cell, the sum of its parts over `parts`: normal where they are. */
function sumsOfParts(fine: Float32Array, size: ShotSize): Float32Array {
  const sums = new Float64Array(size.height * size.width * size.channels);
  forEachPart(size, (cell, part) => {
    sums[cell] = (sums[cell] ?? 0) + (fine[part] ?? 0) / parts;
  });
  return Float32Array.from(sums);
}

function forEachPart(
  { height, width, channels }: ShotSize,
  visit: (cell: number, part: number) => void,
): void {
  for (let y = 0; y < height * parts; y++) {
    for (let x = 0; x < width * parts; x++) {
      const cell = (Math.floor(y / parts) * width + Math.floor(x / parts)) * channels;
      const part = (y * width * parts + x) * channels;
      for (let c = 0; c < channels; c++) visit(cell + c, part + c);
    }
  }
}
