import { ShotweaveError } from '../lib/errors.ts';
import type { FilmLatents } from '../library/filmLatents.ts';
import { latentFrameOf } from '../plan/geometry.ts';
import type { FilmGeometry, Run } from '../plan/types.ts';

/** A run of latent frames of one shot, in the latents that the film was decoded from. */
export interface ShotReel {
  /** Latent frames of the film. */
  at: Run;
  latents: Float32Array<ArrayBuffer>;
  /** First latent frame in `latents`. */
  from: number;
}

/**
 * What to decode for some frames of a finished film, shot by shot and in order. A shot that an earlier film made is
 * decoded from that film's latents, as it was for this one: the frames are the film's own.
 *
 * @param frames frames of the film
 * @param temporal frames that a latent frame stands for
 * @throws `storyboard-invalid` when the latents are not this film's
 */
export function reelsOfFrames(
  frames: Run,
  geometry: FilmGeometry,
  latents: FilmLatents,
  temporal: number,
): ShotReel[] {
  const { height, width, channels } = geometry.latent;
  const frameSize = height * width * channels;
  const first = latentFrameOf(frames.start, temporal);
  const last = latentFrameOf(frames.start + frames.count - 1, temporal);
  return geometry.shots.flatMap((shot): ShotReel[] => {
    const start = Math.max(first, shot.latent.start);
    const end = Math.min(last + 1, shot.latent.start + shot.latent.count);
    if (start >= end) return [];
    const kept = latents.shots[shot.index];
    const whole = kept?.id === shot.id && kept.count === shot.latent.count;
    if (!whole || kept.latents.length !== (kept.context + kept.count) * frameSize) throw notOfThisFilm();
    const at = { start, count: end - start };
    return [{ at, latents: kept.latents, from: kept.context + start - shot.latent.start }];
  });
}

export function notOfThisFilm(): ShotweaveError {
  return new ShotweaveError(
    'storyboard-invalid',
    'What this film was decoded from is not kept here, so it can only be saved whole, at its own size and quality: generate it again to have the other choices.',
  );
}
