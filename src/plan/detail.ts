import type { ModelConfig } from '../model/config.ts';
import type { FilmGeometry, Run } from './types.ts';

/** The sizes of a transformer that its convolutions over latent cells depend on. */
export type Sized = Pick<
  ModelConfig['dit'],
  'dim' | 'z' | 'patch' | 'marks' | 'bearings' | 'sketch' | 'detail' | 'detail_reach' | 'detail_residuals'
>;

const taps = 9;

/** Distances to the frames that a frame is blended with, in latent frames: from -reach to reach, but for 0. */
export function blendDistances(reach = 0): number[] {
  return Array.from({ length: 2 * reach }, (_, i) => (i < reach ? i - reach : i - reach + 1));
}

/** Latent frames around a run that its frames may be blended with, and the run itself. */
export function framesAround({ start, count }: Run, frames: number, reach = 0): Run {
  const first = Math.max(0, start - reach);
  return { start: first, count: Math.min(frames, start + count + reach) - first };
}

/**
 * Which latent frame lies at each distance from those of a run [frames, distances], counted from the first of
 * `framesAround`; where a shot has none, the frame itself.
 */
export function framesBeside(
  shots: FilmGeometry['shots'],
  run: Run,
  reach: number,
): Uint32Array<ArrayBuffer> {
  const origin = Math.max(0, run.start - reach);
  const beside: number[] = [];
  for (const { latent } of shots) {
    const end = latent.start + latent.count;
    for (
      let frame = Math.max(latent.start, run.start);
      frame < Math.min(end, run.start + run.count);
      frame++
    ) {
      for (const distance of blendDistances(reach)) {
        const there = frame + distance;
        beside.push((there >= latent.start && there < end ? there : frame) - origin);
      }
    }
  }
  return Uint32Array.from(beside);
}

/** Latent cells of a token in one frame. */
export function detailCells(patch: Sized['patch']): number {
  return patch[1] * patch[2];
}

/**
 * Values that say where a token is: in the picture, in the shot, under the camera, and from the shot's subject, the last
 * also plainly.
 */
export const bearings = { picture: 15, shot: 12, camera: 15, subject: 42, plain: 12 };

/** Values that say of a token's cells how much of them a subject is to cover, and its bearings; 0 where nothing is said. */
export function markValues({
  patch,
  marks,
  bearings: told,
}: Pick<Sized, 'patch' | 'marks' | 'bearings'>): number {
  const ofToken = Object.values(bearings).reduce((sum, values) => sum + values, 0);
  return (marks ?? 0) * detailCells(patch) + (told ? ofToken : 0);
}

/** What a sketch looks up in grids at each of a token's cells: features of each layer of scenery. */
export const gridFeatures = { far: 12, near: 12, sky: 8 };

/** Of a token, along each side, where it looks up subjects, and features there. */
export const subjectPoints = { side: 6, features: 6 };

/**
 * Values that a sketch is given of every token: what it is told, what its shot's prompt says, what grids hold at its cells
 * and points, and zeros up to a multiple of 4.
 */
export function sketchInner(
  config: Pick<Sized, 'patch' | 'marks' | 'bearings'> &
    Pick<ModelConfig['dit'], 'sketch_values' | 'sketch_grids'>,
): number {
  const said = (config.sketch_values ?? []).reduce((sum, values) => sum + values, 0);
  const features = Object.values(gridFeatures).reduce((sum, values) => sum + values, 0);
  const ofSubject = subjectPoints.side ** 2 * subjectPoints.features;
  const found = config.sketch_grids ? detailCells(config.patch) * features + ofSubject : 0;
  return 4 * Math.ceil((markValues(config) + said + found) / 4);
}

/** Values of a token that a sketch guesses; 0 where there is none. */
export function guessValues({ patch, z, sketch }: Pick<Sized, 'patch' | 'z' | 'sketch'>): number {
  return sketch === undefined ? 0 : detailCells(patch) * z;
}

/**
 * FLOPs of a token's share of the convolutions and of what goes between them and tokens; 0 where there are none. The
 * first two are computed twice, before the blocks and after them.
 */
export function detailFlops({
  dim,
  z,
  patch,
  detail: channels = 0,
  detail_reach,
  detail_residuals = 0,
}: Sized): number {
  const cells = detailCells(patch);
  const wide = taps * channels ** 2;
  const blending = blendDistances(detail_reach).length * channels;
  const convolving = 2 * (taps * z * channels + blending + wide) + (2 + 2 * detail_residuals) * wide;
  const joining = 2 * dim * cells * channels + cells * channels * cells * z;
  return 2 * (cells * convolving + joining);
}

/** On the GPU: bytes of the convolutions' weights, biases and blend, which are f32, and the matrices [columns, inner] beside them. */
export function detailWeights({
  dim,
  z,
  patch,
  detail: channels,
  detail_reach,
  detail_residuals = 0,
}: Sized): {
  bytes: number;
  matrices: readonly (readonly [columns: number, inner: number])[];
} {
  if (channels === undefined) return { bytes: 0, matrices: [] };
  const wide = channels * detailCells(patch);
  const wideCount = 3 + 2 * detail_residuals;
  const convolutions = (taps * z + 1) * channels + wideCount * (taps * channels + 1) * channels;
  const values = convolutions + blendDistances(detail_reach).length * channels;
  return {
    bytes: values * 4,
    matrices: [
      [dim, wide],
      [wide, dim],
      [z * detailCells(patch), wide],
    ],
  };
}
