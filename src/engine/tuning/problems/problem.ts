import type { Dispatch, Gpu } from '../../gpu/gpu.ts';
import type { Family } from '../variants.ts';

/** What a variant made of a problem, and what it should have made. */
export interface Instance {
  dispatches: readonly Dispatch[];
  output: GPUBuffer;
  /** As f32, or as u32 where `exact`. */
  expected: ArrayLike<number>;
  exact?: boolean;
}

/** A problem of one kernel and class of shapes that variants are timed on and checked with. */
export interface Problem<Name extends string = string> {
  family: Family<Name>;
  /** Class of shapes, as the kernel asks for it; empty where it has only one. */
  shape: string;
  /** A large instance to time; buffers belong to `gpu`. */
  race: (gpu: Gpu, variant: Name) => Promise<readonly Dispatch[]>;
  /** Small instances with the numbers of the CPU twin; among them some that overflow where sums are f16. */
  checks: (gpu: Gpu, variant: Name) => Promise<readonly Instance[]>;
}
