import type { ModelConfig } from '../model/config.ts';
import type { FilmGeometry } from '../plan/types.ts';

/**
 * Where a shot's subject is to be: an ellipse of its size that goes straight on and evenly. Shares of the picture's width
 * and height.
 */
export interface Mark {
  /** The centre in the shot's first latent frame. */
  x: number;
  y: number;
  /** How it moves in a latent frame. */
  right: number;
  down: number;
  /** Radii in the shot's first latent frame. */
  width: number;
  height: number;
  /** Natural logarithm of how they grow in a latent frame. */
  nearer: number;
}

/** What marks are at their edge, as the training rounds it. */
const edge = 0.37;

/**
 * What the transformer is told of marks: 1 in their middles, exp(-1) at their edges, 0 where there is none, by the cells of
 * every token [tokens, patchSize^2], ordered (row, column).
 *
 * @param marks Of every shot.
 */
export function markTokens(
  marks: readonly (Mark | null)[],
  { latent, grid, tokensPerFrame, tokens, shots }: FilmGeometry,
): Float32Array<ArrayBuffer> {
  const patch = latent.height / grid.rows;
  const cells = patch * patch;
  const out = new Float32Array(tokens * cells);
  for (const shot of shots) {
    const mark = marks[shot.index];
    if (!mark) continue;
    for (let since = 0; since < shot.latent.count; since++) {
      const down = falloff(
        mark.y + mark.down * since,
        mark.height * Math.exp(mark.nearer * since),
        latent.height,
      );
      const across = falloff(
        mark.x + mark.right * since,
        mark.width * Math.exp(mark.nearer * since),
        latent.width,
      );
      const first = (shot.latent.start + since) * tokensPerFrame;
      for (const [row, dy] of down.entries()) {
        for (const [column, dx] of across.entries()) {
          const token = first + Math.floor(row / patch) * grid.columns + Math.floor(column / patch);
          out[token * cells + (row % patch) * patch + (column % patch)] = dy * dx;
        }
      }
    }
  }
  return out;
}

/**
 * What scores of keys in other shots gain, by tokens [tokens]: the logarithm of how many times they count, for a subject's
 * token `across_weight` times as often as for another. Of more than `across_shots` other shots each counts so much less
 * that all together count as so many. A token is a subject's where its cells are inside the mark, on average.
 *
 * @param told As `markTokens` has it; null where no subject is marked.
 */
export function gainsAcross(
  told: Float32Array | null,
  { tokens, shots }: Pick<FilmGeometry, 'tokens' | 'shots'>,
  { across_shots, across_weight = 1 }: Pick<ModelConfig['dit'], 'across_shots' | 'across_weight'>,
): Float32Array<ArrayBuffer> {
  const others = shots.length - 1;
  const share = Math.log(Math.min(1, (across_shots ?? others) / Math.max(1, others)));
  const cells = told ? told.length / tokens : 0;
  return Float32Array.from({ length: tokens }, (_, token) => {
    const own = told ? told.subarray(token * cells, (token + 1) * cells) : new Float32Array(0);
    const inside = own.reduce((sum, value) => sum + value, 0) > edge * cells;
    return share + (inside ? Math.log(across_weight) : 0);
  });
}

/** exp(-d^2) at every one of `count` cells along a side, d being its distance from the centre in radii. */
function falloff(centre: number, radius: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, cell) =>
    Math.exp(-((((cell + 0.5) / count - centre) / radius) ** 2)),
  );
}
