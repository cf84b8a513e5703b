import { invariant } from '../lib/errors.ts';
import { wanAutoencoder, wanTransformers, wanVideo } from '../model/wan.ts';
import { countFlops } from './flops.ts';
import { planEvenFilm } from './geometry.ts';
import type { FilmGeometry, FlopCount } from './types.ts';

const wan = wanTransformers['wan2.1-1.3b'];

/** Lengths of MoGA's complexity table (arXiv 2510.18692, Table 5) in latent frames of 832x480 video. */
const paperLatentFrames = [40, 60, 80, 120];

/**
 * FLOPs of one forward pass of Wan2.1-1.3B as that table gives them, one figure for each length; `groups`
 * null is full attention. The table's 5 s column is left out: its full figure is that of 32,760 tokens, not
 * of the 31,200 in its heading, and its sparse figures are too small for the groups alone.
 */
const paperFigures: readonly { groups: number | null; flops: readonly number[] }[] = [
  { groups: null, flops: [0.88e15, 1.85e15, 3.19e15, 6.94e15] },
  { groups: 5, flops: [0.34e15, 0.67e15, 1.09e15, 2.26e15] },
  { groups: 10, flops: [0.25e15, 0.48e15, 0.78e15, 1.56e15] },
  { groups: 20, flops: [0.21e15, 0.39e15, 0.61e15, 1.22e15] },
];

/**
 * The paper gives no length for its static groups. Its sparsity figures (Table 4: 1 - 1/M - 0.0875 at 40
 * latent frames) fit windows of a quarter of the frame over a quarter of the film, hence four shots.
 */
export const paperShots = 4;

/** One published figure beside ours. */
export interface PaperComparison {
  tokens: number;
  groups: number | null;
  paper: number;
  ours: FlopCount;
  /** (ours - paper) / paper. */
  deviation: number;
  /**
   * Share of all tokens² pairs that the window and frame branches compute: ours, and what the paper's figure
   * leaves for them after the linear part, cross-attention and 1/groups. null for full attention.
   */
  localDensity: { ours: number; paper: number } | null;
}

/** Counts Wan2.1-1.3B at every length and grouping of the paper's table, the grouped films cut into equal shots. */
export function compareWithPaper(shots: number): PaperComparison[] {
  const film = (latentFrames: number, count: number) =>
    planEvenFilm(wanVideo, latentFrames, count, { dit: wan, ae: wanAutoencoder });
  return paperFigures.flatMap(({ groups, flops }) =>
    flops.map((paper, column) => {
      const latentFrames = paperLatentFrames[column];
      invariant(latentFrames !== undefined, `the paper's table has no column ${column}`);
      return compare(groups, paper, film(latentFrames, groups === null ? 1 : shots));
    }),
  );
}

/** Says how far the full column agrees, and where and by how much the grouped ones part. */
export function describeComparison(rows: readonly PaperComparison[]): string {
  const full = rows.filter((row) => row.groups === null).map((row) => Math.abs(row.deviation));
  const grouped = rows.filter((row) => row.groups !== null).map((row) => row.deviation);
  const densities = rows.flatMap((row) => row.localDensity ?? []);
  return (
    `Full attention agrees within ${percent(Math.max(...full))}. Grouped figures deviate by ${range(grouped)}. ` +
    'Linear, cross and group terms follow the same accounting as the full column, so the difference lies in ' +
    `windows and frames: ours compute ${range(densities.map((density) => density.ours))} of all query-key pairs, ` +
    `the paper's figures leave them ${range(densities.map((density) => density.paper))}, a share that differs ` +
    "with M although neither branch depends on M. No one accounting gives all of the paper's entries: at 62,400 " +
    'tokens its Table 4 has M=8 cost 0.36 PFLOPs, more than the 0.34 of M=5 in Table 5.'
  );
}

function compare(groups: number | null, paper: number, film: FilmGeometry): PaperComparison {
  const { tokens } = film;
  const ours =
    groups === null ? countFlops(wan, film, 'dense') : countFlops({ ...wan, groups }, film, 'moga');
  const deviation = ours.total / paper - 1;
  if (groups === null) return { tokens, groups, paper, ours, deviation, localDensity: null };

  const { window, frame } = ours.attention;
  const allPairs = 4 * wan.dim * tokens ** 2 * wan.layers;
  const rest = paper - (ours.total - window - frame);
  return {
    tokens,
    groups,
    paper,
    ours,
    deviation,
    localDensity: { ours: (window + frame) / allPairs, paper: rest / allPairs },
  };
}

function range(values: readonly number[]): string {
  return `${percent(Math.min(...values))} to ${percent(Math.max(...values))}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
