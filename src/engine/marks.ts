import type { ModelConfig } from '../model/config.ts';
import { markValues } from '../plan/detail.ts';
import type { FilmGeometry, ShotSpan } from '../plan/types.ts';
import { bearingsOf, type Course } from './bearings.ts';
import type { Mark } from './mark.ts';

/** What marks are at their edge, as the training rounds it. */
const edge = 0.37;

/** What a shot of which nothing is said looks like. */
const open: Course = { mark: null, motion: null, scenery: null };

/**
 * What the transformer is told of marks [tokens, values]: 1 in their middles, exp(-1) at their edges, 0 where there is
 * none, by the cells of every token, ordered (row, column); then, for a model that takes them, the token's bearings.
 *
 * @param courses Of every shot.
 */
export function markTokens(
  courses: readonly Course[],
  geometry: FilmGeometry,
  config: Pick<ModelConfig['dit'], 'patch' | 'marks' | 'bearings'>,
): Float32Array<ArrayBuffer> {
  const { grid, tokensPerFrame, tokens, shots } = geometry;
  const values = markValues(config);
  const out = new Float32Array(tokens * values);
  for (const shot of shots) {
    const course = courses[shot.index] ?? open;
    if (course.mark) tellCells(out, values, geometry, shot, course.mark);
    if (!config.bearings) continue;
    const { start, count } = shot.latent;
    for (let since = 0; since < count; since++) {
      for (let at = 0; at < tokensPerFrame; at++) {
        const place = { since, count, row: Math.floor(at / grid.columns), column: at % grid.columns };
        const token = (start + since) * tokensPerFrame + at;
        const bearings = bearingsOf(place, grid, course);
        out.set(bearings, (token + 1) * values - bearings.length);
      }
    }
  }
  return out;
}

/** Writes how much each cell of a shot's tokens is the mark's, first among their values. */
function tellCells(
  out: Float32Array,
  values: number,
  { latent, grid, tokensPerFrame }: FilmGeometry,
  shot: ShotSpan,
  mark: Mark,
): void {
  const patch = latent.height / grid.rows;
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
        out[token * values + (row % patch) * patch + (column % patch)] = dy * dx;
      }
    }
  }
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
  { tokens, shots, latent, grid }: Pick<FilmGeometry, 'tokens' | 'shots' | 'latent' | 'grid'>,
  { across_shots, across_weight = 1 }: Pick<ModelConfig['dit'], 'across_shots' | 'across_weight'>,
): Float32Array<ArrayBuffer> {
  const others = shots.length - 1;
  const share = Math.log(Math.min(1, (across_shots ?? others) / Math.max(1, others)));
  const values = told ? told.length / tokens : 0;
  const cells = (latent.height / grid.rows) ** 2;
  return Float32Array.from({ length: tokens }, (_, token) => {
    const own = told ? told.subarray(token * values, token * values + cells) : new Float32Array(0);
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
