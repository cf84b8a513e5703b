import type { AttentionPhase } from '../../plan/routing.ts';
import type { Run } from '../../plan/types.ts';
import type { Command } from '../gpu/runner.ts';
import type { TileList } from '../kernels/attention.ts';
import type { BlockWeights } from '../models/blockWeights.ts';

/**
 * A way to find out on the GPU, in every block anew, which keys a query attends to. Whatever it looks at, it leaves an
 * attention list that the one attention kernel executes.
 */
export interface Routing {
  /** What the list is after `route`. */
  readonly list: TileList;
  /**
   * true: every head has a list of its own, whose rows are token * heads + head of matrices [tokens * heads, head size];
   * false: the rows are tokens, and all heads share the list.
   */
  readonly perHead: boolean;
  /** Factor of each token's output. */
  readonly weight: GPUBuffer | null;
  /** Looks at a chunk's normed tokens `h` [chunk, dim] on their way to queries and keys. */
  look(block: BlockWeights, h: GPUBuffer, tokens: Run): Promise<Command[]>;
  /** Makes the list of a block once the film's queries and keys are there. */
  route(block: number, phase: AttentionPhase): Promise<Command[]>;
  free(): void;
}

/** The film's queries and keys of the block at hand, normed and turned, [tokens, heads, head size]. */
export interface QueriesAndKeys {
  q: GPUBuffer;
  k: GPUBuffer;
  tokens: number;
  heads: number;
  headSize: number;
}
