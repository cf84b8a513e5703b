import type { Gpu } from '../../gpu/gpu.ts';

/** Uniform numbers in -magnitude..magnitude, the same ones on every machine. */
export function numbers(seed: number, count: number, magnitude = 1): Float32Array<ArrayBuffer> {
  let state = seed >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) * magnitude;
  });
}

/** Room for a race: what it holds does not matter. */
export function room(gpu: Gpu, values: number): GPUBuffer {
  return gpu.buffer('race', 4 * values);
}
