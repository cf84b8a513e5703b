import { ShotweaveError } from '../lib/errors.ts';
import type { ModelConfig } from '../model/config.ts';
import { cutEvenly } from './runs.ts';
import type { FilmGeometry, Run, ShotSpan } from './types.ts';

/** What the geometry needs of a storyboard. */
export interface FilmRequest {
  width: number;
  height: number;
  fps: number;
  shots: readonly { id: string; seconds: number }[];
}

/** What the geometry needs of a model. */
export interface GeometryModel {
  dit: Pick<ModelConfig['dit'], 'patch' | 'z'>;
  ae: Pick<ModelConfig['ae'], 'spatial' | 'temporal'>;
}

/**
 * Sizes of the film in pixels, latents and tokens, and where each shot lies in them.
 * Throws `storyboard-invalid` when the model cannot make such a film.
 */
export function planGeometry(film: FilmRequest, model: GeometryModel): FilmGeometry {
  const { spatial, temporal } = model.ae;
  const [, patchHeight, patchWidth] = model.dit.patch;
  checkSize(film, spatial * patchWidth, spatial * patchHeight);
  checkTime(film);

  const latentHeight = film.height / spatial;
  const latentWidth = film.width / spatial;
  const grid = { rows: latentHeight / patchHeight, columns: latentWidth / patchWidth };
  const tokensPerFrame = grid.rows * grid.columns;

  const shots: ShotSpan[] = [];
  let latentFrames = 0;
  for (const [index, shot] of film.shots.entries()) {
    const count = latentFramesOf(shot.seconds, film.fps, temporal);
    const latent: Run = { start: latentFrames, count };
    shots.push({
      index,
      id: shot.id,
      latent,
      frames: decodedFrames(latent, temporal),
      tokens: { start: latent.start * tokensPerFrame, count: count * tokensPerFrame },
      seconds: snapSeconds(shot.seconds, film.fps, temporal),
    });
    latentFrames += count;
  }

  const frames = decodedFrames({ start: 0, count: latentFrames }, temporal).count;
  return {
    width: film.width,
    height: film.height,
    fps: film.fps,
    frames,
    seconds: frames / film.fps,
    latent: { frames: latentFrames, height: latentHeight, width: latentWidth, channels: model.dit.z },
    grid,
    tokensPerFrame,
    tokens: latentFrames * tokensPerFrame,
    shots,
  };
}

/** Geometry of a film of `latentFrames` latent frames cut into `shots` shots as equal as possible. */
export function planEvenFilm(
  size: Omit<FilmRequest, 'shots'>,
  latentFrames: number,
  shots: number,
  model: GeometryModel,
): FilmGeometry {
  if (!(Number.isInteger(shots) && shots >= 1 && shots <= latentFrames)) {
    throw new ShotweaveError(
      'storyboard-invalid',
      `A film of ${latentFrames} latent frames cannot have ${shots} shots: choose 1 to ${latentFrames}.`,
    );
  }
  const lengths = cutEvenly({ start: 0, count: latentFrames }, shots);
  const seconds = secondsPerLatentFrame(size.fps, model.ae.temporal);
  return planGeometry(
    { ...size, shots: lengths.map(({ count }, index) => ({ id: `${index + 1}`, seconds: count * seconds })) },
    model,
  );
}

/** Whole latent frames of a shot: the nearest count, at least one. `temporal` is frames a latent frame. */
export function latentFramesOf(seconds: number, fps: number, temporal: number): number {
  return Math.max(1, Math.round((seconds * fps) / temporal));
}

/**
 * Length in seconds that a shot really gets. The film's first shot shows `temporal - 1` frames less than
 * this, because its first latent frame decodes to a single frame.
 */
export function snapSeconds(seconds: number, fps: number, temporal: number): number {
  return (latentFramesOf(seconds, fps, temporal) * temporal) / fps;
}

/** Legal shot lengths are the whole multiples of this many seconds. */
export function secondsPerLatentFrame(fps: number, temporal: number): number {
  return temporal / fps;
}

/** Frames that a run of latent frames decodes to: one for the film's first latent frame, `temporal` for each later one. */
export function decodedFrames(latent: Run, temporal: number): Run {
  const start = firstFrameOf(latent.start, temporal);
  return { start, count: firstFrameOf(latent.start + latent.count, temporal) - start };
}

/** Latent frame that a frame of the film is decoded from. */
export function latentFrameOf(frame: number, temporal: number): number {
  return Math.ceil(frame / temporal);
}

function firstFrameOf(latentFrame: number, temporal: number): number {
  return latentFrame === 0 ? 0 : 1 + temporal * (latentFrame - 1);
}

function checkSize(film: FilmRequest, widthStep: number, heightStep: number): void {
  if (isMultiple(film.width, widthStep) && isMultiple(film.height, heightStep)) return;
  const size = `${nearestMultiple(film.width, widthStep)}x${nearestMultiple(film.height, heightStep)}`;
  throw new ShotweaveError(
    'storyboard-invalid',
    `This model cannot make pictures of ${film.width}x${film.height}: choose a width that is a multiple of ${widthStep} and a height that is a multiple of ${heightStep}, such as ${size}.`,
  );
}

function isMultiple(value: number, step: number): boolean {
  return value > 0 && value % step === 0;
}

function nearestMultiple(value: number, step: number): number {
  return Number.isFinite(value) ? Math.max(1, Math.round(value / step)) * step : step;
}

function checkTime(film: FilmRequest): void {
  if (film.shots.length === 0) {
    throw new ShotweaveError('storyboard-invalid', 'This storyboard has no shots: add at least one.');
  }
  if (!(Number.isFinite(film.fps) && film.fps > 0)) {
    throw new ShotweaveError(
      'storyboard-invalid',
      'The frame rate must be a number above zero: set it to 24.',
    );
  }
  for (const [index, shot] of film.shots.entries()) {
    if (!(Number.isFinite(shot.seconds) && shot.seconds > 0)) {
      throw new ShotweaveError(
        'storyboard-invalid',
        `Shot ${index + 1} has no usable length: give it a number of seconds above zero.`,
      );
    }
  }
}
