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
  ];
}

function fromMark(
  { x, y, since, rows, columns }: { x: number; y: number; since: number; rows: number; columns: number },
  mark: Mark | null,
): number[] {
  const { right, down, nearer } = mark ?? { right: 0, down: 0, nearer: 0 };
  const width = (mark?.width ?? 1) * Math.exp(nearer * since);
  const height = (mark?.height ?? 1) * Math.exp(nearer * since);
  const offX = x - (mark?.x ?? 0) - right * since;
  const offY = y - (mark?.y ?? 0) - down * since;
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

/** Sines and cosines of a value, so many half turns in one. */
function waves(value: number, halfTurns: readonly number[]): number[] {
  return halfTurns.flatMap((rate) => [Math.sin(Math.PI * rate * value), Math.cos(Math.PI * rate * value)]);
}
