import { invariant } from '../lib/errors.ts';
import { cutEvenly } from './runs.ts';
import type { Chunk, FilmGeometry, Run } from './types.ts';

/**
 * Cuts the film into runs of whole latent frames of at most `maxTokens` tokens (or a single latent frame,
 * where that alone is larger). Cuts lie between shots where they can: whole small shots share a chunk, and
 * a shot that is too large for one is cut into pieces as equal as possible, which it shares with no other.
 */
export function planChunks(geometry: FilmGeometry, maxTokens: number): Chunk[] {
  invariant(maxTokens >= 1, `a chunk holds at least one token, not ${maxTokens}`);
  const capacity = Math.max(1, Math.floor(maxTokens / geometry.tokensPerFrame));

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

  return runs.map((latent, index) => ({
    index,
    latent,
    tokens: {
      start: latent.start * geometry.tokensPerFrame,
      count: latent.count * geometry.tokensPerFrame,
    },
  }));
}
