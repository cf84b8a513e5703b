import type { Linear } from '../weights/gpuWeights.ts';

/** One self- or cross-attention: projections and the norms of queries and keys. */
export interface AttentionWeights {
  q: Linear;
  k: Linear;
  v: Linear;
  o: Linear;
  normQ: GPUBuffer;
  normK: GPUBuffer;
}

/** One transformer block, by Wan's tensor names. */
export interface BlockWeights {
  self: AttentionWeights;
  /** [groups, dim]; only where the checkpoint has a router. */
  router: GPUBuffer | null;
  cross: AttentionWeights;
  norm3: { weight: GPUBuffer; bias: GPUBuffer };
  ffnIn: Linear;
  ffnOut: Linear;
}
