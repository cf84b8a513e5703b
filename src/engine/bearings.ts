import { bearings } from '../plan/detail.ts';
import type { FilmGeometry } from '../plan/types.ts';
import type { Mark } from './mark.ts';
import type { Motion } from './motion.ts';

/** Half turns in a height of the picture. */
const inPicture = [1, 2, 4];
/** Turns a second. */
const inSeconds = [0.4, 0.8, 1.6];
/** Half turns in a radius of the mark. */
const fromSubject = [0.5, 1, 2, 4, 8];
/** Half turns in a token. */
const beside = [0.5, 1, 2];
/** Turns while a subject goes as far as its mark's radius from top to bottom: limbs and wheels go by the way gone. */
const gone = [0.4, 0.8];
/** How much further than pictures do on the whole what is far and what is near moves under the camera. */
const depths = [1.5, 4.4];
/** Radii of the mark within which tokens are told of the subject. */
const near = 2.5;
const usualRadii = { width: 0.15, height: 0.25 };
/** Radii of the mark; further away, and where there is none, it is as far. */
const farthest = 6;
/** How much more a subject moves under the camera than the whole of a picture does. */
const nearerPan = 1.27;
const latentFramesPerSecond = 6;
const sceneries = 4;

/** Which token of a shot: frames since the shot began, of how many, and where in the grid. */
export interface TokenPlace {
  since: number;
  count: number;
  row: number;
  column: number;
}

/** What a shot is told to look like. */
export interface Course {
  mark: Mark | null;
  motion: Motion | null;
  /** Which of a place's sceneries. */
  scenery: number | null;
}

/**
 * Where a token is, as the transformer is told: in the picture, in the shot, under the camera and from the shot's subject.
 * Its own way to find out would be attention, which takes a small network most of its training. Places are told as waves
 * of several lengths (as in Tancik et al. 2020, "Fourier features"); what is said of a subject fades with the distance.
 *
 * @returns `plan/detail.ts` has how many values.
 */
export function bearingsOf(
  { since, count, row, column }: TokenPlace,
  { rows, columns }: FilmGeometry['grid'],
  { mark, motion, scenery }: Course,
): number[] {
  const x = (column + 0.5) / columns;
  const y = (row + 0.5) / rows;
  const aspect = columns / rows;
  const across = (x - 0.5) * aspect;
  const down = y - 0.5;
  // Moves are centred in the middle of their shots.
  const half = since + 0.5 - count / 2;
  const { right, down: falls, nearer } = motion ?? { right: 0, down: 0, nearer: 0 };
  return [
    ...[across, down, Math.log(aspect), ...waves(across, inPicture), ...waves(down, inPicture)],
    ...[(since + 0.5) / count - 0.5, Math.log(count) / 3],
    ...waves((2 * since) / latentFramesPerSecond, inSeconds),
    ...Array.from({ length: sceneries }, (_, which) => Number(which === scenery)),
    ...[10 * half * right, 10 * half * falls, 10 * half * nearer],
    ...depths.flatMap((depth) => waves(across - depth * aspect * half * right, inPicture)),
    ...fromMark({ x, y, since, rows, columns }, mark),
    ...plainly({ x, y, since, rows, columns }, mark, right),
  ];
}

interface Middle {
  /** Of a token, in shares of the picture. */
  x: number;
  y: number;
  since: number;
  rows: number;
  columns: number;
}

/** Where a mark is after so many frames, and of what size. */
function after(since: number, { x, y, right, down, width, height, nearer }: Mark): Omit<Mark, 'nearer'> {
  const grown = Math.exp(nearer * since);
  return {
    x: x + right * since,
    y: y + down * since,
    right,
    down,
    width: width * grown,
    height: height * grown,
  };
}

function fromMark({ x, y, since, rows, columns }: Middle, mark: Mark | null): number[] {
  const nearer = mark?.nearer ?? 0;
  const now = after(since, mark ?? { x: 0, y: 0, right: 0, down: 0, width: 1, height: 1, nearer });
  const { right, down, width, height } = now;
  const offX = x - now.x;
  const offY = y - now.y;
  const u = offX / width;
  const v = offY / height;
  const weight = mark ? Math.exp(-(u * u + v * v) / near ** 2) : 0;
  return [
    ...[1, Math.log(width / usualRadii.width), Math.log(height / usualRadii.height)],
    ...[Math.tanh(20 * right), Math.tanh(20 * down), 10 * nearer],
    ...[...waves(u, fromSubject), ...waves(v, fromSubject)],
    ...[...waves(offX * columns, beside), ...waves(offY * rows, beside)],
    ...waves((2 * right * since * columns) / rows / height, gone),
  ].map((value) => weight * value);
}

/** What is told as it is, neither as waves nor fading with the distance. panned: of the picture's width, in a latent frame. */
function plainly({ x, y, since, rows, columns }: Middle, mark: Mark | null, panned: number): number[] {
  const size = [1 / rows, columns / rows];
  if (!mark) return [farthest, farthest, 0, 0, ...size, 0, 0, 0, 0, 0, 0];
  const now = after(since, mark);
  const within = (radii: number): number => Math.max(-farthest, Math.min(farthest, radii));
  return [
    ...[within((x - now.x) / now.width), within((y - now.y) / now.height)],
    // From a token's middle to those of its cells.
    ...[within(0.25 / columns / now.width), within(0.25 / rows / now.height)],
    ...[...size, 1, now.x - 0.5, now.y - 0.5],
    ...[Math.log(now.width / usualRadii.width), Math.log(now.height / usualRadii.height)],
    // Against what the camera does, which way it goes.
    Math.tanh(40 * (now.right - nearerPan * panned)),
  ];
}

/** Where the cells of a token are, and what its frame is told, out of what a token is told. */
export interface Placed {
  /** The cells' middles, in heights from the middle of the picture, to the right and down. */
  cells: readonly (readonly [x: number, y: number])[];
  /** The token's middle in radii of the mark from its middle, and half of the token in these. */
  fromSubject: readonly [x: number, y: number];
  half: readonly [width: number, height: number];
  /** By how much what is seen has moved since the middle of the shot, ten times. */
  moved: readonly number[];
  /** Which scenery, as ones and zeros. */
  scenery: readonly number[];
  /** What all tokens of the frame are told alike; the second is the picture's aspect, the last which way the subject goes. */
  ofFrame: readonly number[];
}

const corners = [
  [-1, -1],
  [1, -1],
  [-1, 1],
  [1, 1],
] as const;

/** told: what a token of four cells is told, those cells' marks first. */
export function placedBy(told: Float32Array): Placed {
  const plain = [...told.subarray(told.length - bearings.plain)];
  const [u = 0, v = 0, du = 0, dv = 0, height = 0] = plain;
  const across = told[corners.length] ?? 0;
  const down = told[corners.length + 1] ?? 0;
  const camera = corners.length + bearings.picture + bearings.shot;
  return {
    cells: corners.map(([right, below]) => [across + (right * height) / 4, down + (below * height) / 4]),
    fromSubject: [u, v],
    half: [2 * du, 2 * dv],
    moved: [...told.subarray(camera, camera + 3)],
    scenery: [...told.subarray(camera - sceneries, camera)],
    ofFrame: plain.slice(4),
  };
}

/** Sines and cosines of a value, so many half turns in one. */
function waves(value: number, halfTurns: readonly number[]): number[] {
  return halfTurns.flatMap((rate) => [Math.sin(Math.PI * rate * value), Math.cos(Math.PI * rate * value)]);
}
