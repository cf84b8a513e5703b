import type { Run } from '../../plan/types.ts';

/** How far a film in the making is, as far as clips show it. */
export interface Making {
  steps: number;
  /** Denoising steps done. */
  step: number;
  /** Latent frames decoded so far. */
  decodedLatentFrames: number;
  /** Where each shot lies in the film being made. */
  latentOf: ReadonlyMap<string, Run>;
}

/** Share of a shot that is decoded, 0..1. */
export function decodedShare({ decodedLatentFrames }: Making, { start, count }: Run): number {
  return Math.min(Math.max((decodedLatentFrames - start) / count, 0), 1);
}
