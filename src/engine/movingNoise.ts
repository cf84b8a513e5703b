import { type Motion, type ShotMotion, type ShotSize, type SubjectPath, sourcesOf } from './motion.ts';

/** Of a latent cell's height and width: noise moves by whole parts, as smoothly as films do. */
const parts = 4;

const still: Motion = { right: 0, down: 0, nearer: 0 };

/**
 * Lets a shot's independent noise [frames, height, width, channels] go along with the camera and the subject, in place:
 * what was in the picture a frame before has a correlation with what it was, what comes into it is new (Burgert et al.
 * 2025, "Go-with-the-Flow: Motion-Controllable Video Diffusion Models Using Real-Time Warped Noise"). What the subject
 * covers in the first frame goes with it, in front of the rest. Every cell is the sum of parts that move by whole ones,
 * so that each frame by itself stays normal and independent from cell to cell.
 *
 * @param detailOf Normal values of a frame, from which its parts are made; -1: of what lies behind the subject.
 */
export function moveNoise(
  noise: Float32Array,
  size: ShotSize,
  correlation: number,
  { camera, subject }: ShotMotion,
  detailOf: (frame: number, count: number) => Float32Array,
): void {
  const { frames, channels } = size;
  const fine = { height: size.height * parts, width: size.width * parts };
  const count = fine.height * fine.width * channels;
  const { rows, columns } = sourcesOf(camera ?? still, frames, fine);
  const frameSize = size.height * size.width * channels;
  let back = new Float32Array();
  let front = new Float32Array();
  for (let frame = 0; frame < frames; frame++) {
    const cells = noise.subarray(frame * frameSize, (frame + 1) * frameSize);
    const fresh = inParts(cells, size, detailOf(frame, count));
    const covered = subject && partsCovered(subject, frame, fine);
    if (frame === 0) {
      back = fresh;
      if (!covered) continue;
      front = fresh;
      back = chosen(covered, detailOf(-1, count), fresh, channels);
      continue;
    }
    back = followed(back, fresh, { rows, columns, frame }, fine, channels, correlation);
    if (subject && covered) {
      const step = {
        rows: stepped(subject, 'down', frame, fine.height),
        columns: stepped(subject, 'right', frame, fine.width),
      };
      front = followed(front, fresh, { ...step, frame: 0 }, fine, channels, correlation);
    }
    cells.set(sumsOfParts(covered ? chosen(covered, front, back, channels) : back, size));
  }
}

/** Parts [height, width, channels] after a frame: each is like the one that it comes from, or new. */
function followed(
  before: Float32Array,
  fresh: Float32Array,
  { rows, columns, frame }: { rows: Int32Array; columns: Int32Array; frame: number },
  { height, width }: { height: number; width: number },
  channels: number,
  correlation: number,
): Float32Array<ArrayBuffer> {
  const now = Float32Array.from(fresh);
  const share = Math.sqrt(1 - correlation ** 2);
  for (let y = 0; y < height; y++) {
    const row = rows[frame * height + y] ?? -1;
    for (let x = 0; x < width; x++) {
      const column = columns[frame * width + x] ?? -1;
      if (row < 0 || column < 0) continue;
      const to = (y * width + x) * channels;
      const from = (row * width + column) * channels;
      for (let c = 0; c < channels; c++) {
        now[to + c] = correlation * (before[from + c] ?? 0) + share * (now[to + c] ?? 0);
      }
    }
  }
  return now;
}

/** How many whole parts a subject has gone since the first frame. */
function gone(subject: SubjectPath, along: 'right' | 'down', frame: number, count: number): number {
  return Math.floor(subject[along] * count * frame + 0.5);
}

/** Where each of a row's parts was a frame before, going along with a subject; -1 for one that was not in the picture. */
function stepped(subject: SubjectPath, along: 'right' | 'down', frame: number, count: number): Int32Array {
  const step = gone(subject, along, frame, count) - gone(subject, along, frame - 1, count);
  return Int32Array.from({ length: count }, (_, at) =>
    at - step >= 0 && at - step < count ? at - step : -1,
  );
}

/** Which parts [height, width] a subject covers in a frame. */
function partsCovered(
  subject: SubjectPath,
  frame: number,
  { height, width }: { height: number; width: number },
): Uint8Array {
  const x = subject.x * width + gone(subject, 'right', frame, width);
  const y = subject.y * height + gone(subject, 'down', frame, height);
  const covered = new Uint8Array(height * width);
  for (let row = 0; row < height; row++) {
    const down = (row + 0.5 - y) / (subject.height * height);
    for (let column = 0; column < width; column++) {
      const across = (column + 0.5 - x) / (subject.width * width);
      covered[row * width + column] = Number(across ** 2 + down ** 2 < 1);
    }
  }
  return covered;
}

/** Parts [height, width, channels] of one where they are covered, of the other elsewhere. */
function chosen(
  covered: Uint8Array,
  one: Float32Array,
  other: Float32Array,
  channels: number,
): Float32Array<ArrayBuffer> {
  const out = Float32Array.from(other);
  for (const [at, is] of covered.entries()) {
    if (is) out.set(one.subarray(at * channels, (at + 1) * channels), at * channels);
  }
  return out;
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
