import { invariant } from '../lib/errors.ts';
import { cutEvenly } from './runs.ts';
import type { Chunk, FilmGeometry, Run } from './types.ts';

/** Views of a buffer start at multiples of so many bytes: the largest alignment that WebGPU lets an adapter ask for. */
const alignment = 256;

/**
 * Latent frames between which a chunk can begin, so that its part of every buffer of the film starts where views can:
 * 1 but for models whose latents have another number of channels than a multiple of 16, in small odd sizes.
 *
 * @param tokenBytes bytes of a token's latent cells, the shortest row of such a buffer.
 */
export function framesBetweenCuts(tokensPerFrame: number, tokenBytes: number): number {
  let frames = 1;
  while ((frames * tokensPerFrame * tokenBytes) % alignment !== 0) frames++;
  return frames;
}

/**
 * Cuts the film into runs of whole latent frames of at most `maxTokens` tokens (or as few latent frames as can be, where
 * those alone are larger). Cuts lie between shots where they can: whole small shots share a chunk, and a shot that is too
 * large for one is cut into pieces as equal as possible, which it shares with no other. Where chunks cannot begin at every
 * latent frame (`framesBetween`), all are as equal as possible instead.
 */
export function planChunks(geometry: FilmGeometry, maxTokens: number, framesBetween = 1): Chunk[] {
  invariant(maxTokens >= 1, `a chunk holds at least one token, not ${maxTokens}`);
  const capacity = Math.max(1, Math.floor(maxTokens / geometry.tokensPerFrame / framesBetween));
  const runs =
    framesBetween === 1 ? runsOfShots(geometry, capacity) : evenRuns(geometry, capacity, framesBetween);
  return runs.map((latent, index) => ({
    index,
    latent,
    tokens: {
      start: latent.start * geometry.tokensPerFrame,
      count: latent.count * geometry.tokensPerFrame,
    },
  }));
}

function runsOfShots(geometry: FilmGeometry, capacity: number): Run[] {
  const runs: Run[] = [];
  let open: Run | null = null;
  for (const { latent } of geometry.shots) {
    if (open !== null && open.count + latent.count <= capacity) {
      open.count += latent.count;
    } else if (latent.count <= capacity) {
      open = { ...latent };
      runs.push(open);
    } else {
      open = null;
      runs.push(...cutEvenly(latent, Math.ceil(latent.count / capacity)));
    }
  }
  return runs;
}

/** capacity: in units of `framesBetween` latent frames, of which the last may be cut short. */
function evenRuns({ latent: { frames } }: FilmGeometry, capacity: number, framesBetween: number): Run[] {
  const units = Math.ceil(frames / framesBetween);
  return cutEvenly({ start: 0, count: units }, Math.ceil(units / capacity)).map((run) => {
    const start = run.start * framesBetween;
    return { start, count: Math.min(run.count * framesBetween, frames - start) };
  });
}
