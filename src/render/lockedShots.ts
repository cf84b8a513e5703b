import type { KeptShot } from '../engine/keptShots.ts';
import { ShotweaveError } from '../lib/errors.ts';
import type { DecoderKind, FilmLatents, ShotLatents } from '../library/filmLatents.ts';
import type { FilmGeometry } from '../plan/types.ts';
import type { Storyboard } from '../storyboard/document.ts';

/** How a shot that cannot be kept is told of: locked by the person, or beside one that is to be made anew. */
const words = {
  locked: { stays: 'is locked', else: 'unlock it, or generate the film without locks first' },
  beside: { stays: 'is to stay', else: 'generate the whole film first' },
};

/**
 * The locked shots of a storyboard as the earlier film has them, for a film that `decoder` makes the pictures of.
 * `why` they are locked is told where one cannot be.
 * Throws `storyboard-invalid` with a sentence when a locked shot is not in it as the storyboard has it.
 */
export function keptShots(
  storyboard: Storyboard,
  geometry: FilmGeometry,
  base: FilmLatents | null,
  decoder: DecoderKind,
  why: keyof typeof words = 'locked',
): KeptShot[] {
  const locked = geometry.shots.filter(({ index }) => storyboard.shots[index]?.locked);
  if (locked.length === 0) return [];
  if (locked.length === geometry.shots.length) {
    throw refusal('Every shot is locked: unlock those that should be made anew.');
  }
  return locked.map(({ index, id, latent }) => {
    const shot = base?.shots.find((candidate) => candidate.id === id);
    const same =
      base?.model === storyboard.model &&
      base.width === storyboard.width &&
      base.height === storyboard.height;
    if (!shot || !same) {
      throw refusal(
        `Shot ${index + 1} ${words[why].stays}, but the last film does not have it at this size: ${words[why].else}.`,
      );
    }
    if (base.decoder !== undefined && base.decoder !== decoder) {
      throw refusal(
        `Shot ${index + 1} ${words[why].stays}, but another decoder made the pictures of the last film: choose that one in Models, or ${words[why].else}.`,
      );
    }
    if (shot.count !== latent.count) {
      throw refusal(
        `Shot ${index + 1} ${words[why].stays}, but its length has changed since the last film: ${words[why].else}.`,
      );
    }
    return { at: latent, film: shot.latents, from: shot.context };
  });
}

/** The storyboard with every shot locked but one: what is made when that shot alone is made anew. */
export function lockOthers(storyboard: Storyboard, shotId: string): Storyboard {
  return { ...storyboard, shots: storyboard.shots.map((shot) => ({ ...shot, locked: shot.id !== shotId })) };
}

/**
 * The latents of a finished film, shot by shot, each with the latent frames before it that its decoding depends
 * on; kept shots stay with what stood before them when they were made.
 */
export function filmLatents(
  storyboard: Storyboard,
  geometry: FilmGeometry,
  latents: Float32Array<ArrayBuffer>,
  base: FilmLatents | null,
  decoder: { kind: DecoderKind; reach: number },
): FilmLatents {
  const frameSize = latents.length / geometry.latent.frames;
  const shots = geometry.shots.map(({ index, id, latent }): ShotLatents => {
    const kept = storyboard.shots[index]?.locked && base?.shots.find((candidate) => candidate.id === id);
    if (kept) return kept;
    const context = Math.min(decoder.reach, latent.start);
    const start = (latent.start - context) * frameSize;
    return {
      id,
      context,
      count: latent.count,
      latents: latents.slice(start, (latent.start + latent.count) * frameSize),
    };
  });
  const { model, width, height } = storyboard;
  return { model, width, height, decoder: decoder.kind, shots };
}

function refusal(sentence: string): ShotweaveError {
  return new ShotweaveError('storyboard-invalid', sentence);
}
