import type { Dispatch } from '../../src/engine/gpu/gpu.ts';
import type { PeerTask } from '../peer.ts';
import type { KernelName } from '../report.ts';

/** One shape of a kernel, on the GPU and ready to be timed. */
export interface KernelTask {
  kernel: KernelName;
  model: string;
  part: string;
  shape: string;
  cutFrom: string | null;
  flops: number;
  dispatches: readonly Dispatch[];
  output: GPUBuffer;
  /** f32 values that the kernel writes. */
  outputCount: number;
  /** The first values of the output, by the serial reference. */
  expected(): Float32Array;
  peer: PeerTask;
}

export const modelNames = { papercut: 'Papercut', wan: 'Wan2.1-1.3B' } as const;

/**
 * How many of `wanted` rows that cost `flopsPerRow` each stay within the limit: whole tiles of 32 where rows
 * have to go, and at least two tiles.
 */
export function affordableRows(wanted: number, flopsPerRow: number, maxFlops: number): number {
  if (wanted * flopsPerRow <= maxFlops) return wanted;
  return Math.min(wanted, Math.max(64, 32 * Math.floor(maxFlops / flopsPerRow / 32)));
}
