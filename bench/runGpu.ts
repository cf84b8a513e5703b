import { type DeviceGuest, openDevice } from '../src/engine/device.ts';
import type { Gpu } from '../src/engine/gpu/gpu.ts';
import { ensureTuned, memoryCache } from '../src/engine/tuning/persist.ts';
import type { ModelConfig } from '../src/model/config.ts';
import { runBlockSuite } from './blockSuite.ts';
import { runKernelSuite } from './kernelSuite.ts';
import { measurePeak } from './peak.ts';
import type { Peer } from './peer.ts';
import type { GpuResults } from './report.ts';

/** What to measure; plain data, so that it can be sent to a page. */
export interface GpuJob {
  kernels: boolean;
  attention: boolean;
  /** Tokens that a film of the attention suite may have; null: as many as the machine can bear. */
  maxTokens: number | null;
  /** The only number of groups to hold against dense attention; null: all that films are made with. */
  groups: number | null;
  /** Few samples of small shapes, to see that everything works. */
  quick: boolean;
  /** The built-in model. */
  papercut: ModelConfig;
}

/** Where to measure: the entry to WebGPU, and the peer, in the places to try it in, best first. */
export interface GpuPlace {
  entry: GPU;
  guest?: DeviceGuest;
  peers?: (gpu: Gpu) => Promise<readonly Peer[]>;
}

/** FLOPs of one call in the kernel suite: about a second of the peer's on a software adapter. */
const maxKernelFlops = { software: 2.2e9, quick: 5.5e8, hardware: 1e12 };

/** Runs the suites that need nothing but a GPU. The same code runs in a page and in Node. */
export async function runGpu(
  place: GpuPlace,
  job: GpuJob,
  progress: (text: string) => void,
): Promise<GpuResults> {
  const { gpu, adapter } = await openDevice(place.entry, place.guest);
  const failure = firstFailure(gpu);
  // What films run in here; but the peer computes in f32, and beside it so do we.
  progress('choosing kernels');
  await ensureTuned(gpu, adapter, memoryCache(), { precision: job.kernels ? 'f32' : 'auto' });
  const results: GpuResults = { adapter, peer: null, peak: null, kernels: [], blocks: [], notes: [] };
  if (job.kernels) {
    const peers = (await place.peers?.(gpu)) ?? [];
    results.peer = peers[0]?.name ?? null;
    if (peers.length === 0) {
      results.notes.push(
        'The peer runs in a browser only: kernels are checked against the serial reference and not compared.',
      );
    }
    const effort = job.quick ? { samples: 3, sampleMs: 20 } : { samples: 7, sampleMs: 200 };
    const peak = await measurePeak(gpu, effort, progress);
    const { software } = gpu.traits;
    const maxFlops = job.quick && software ? maxKernelFlops.quick : maxKernelFlops[kindOf(software)];
    const { kernels, notes } = await runKernelSuite(gpu, { effort, maxFlops, peers, progress });
    results.kernels = kernels;
    // Before and after the kernels: on a machine that does other work too, one look may see too little.
    results.peak = await peak.again();
    results.notes.push(...notes);
  }
  if (job.attention) {
    const { blocks, notes } = await runBlockSuite(gpu, {
      quick: job.quick,
      maxTokens: job.maxTokens ?? Number.POSITIVE_INFINITY,
      groups: job.groups,
      papercut: job.papercut,
      progress,
    });
    results.blocks = blocks;
    results.notes.push(...notes);
  }
  failure.check();
  gpu.device.destroy();
  return results;
}

function kindOf(software: boolean): 'software' | 'hardware' {
  return software ? 'software' : 'hardware';
}

/**
 * A command that the device refuses takes no time; figures from such a run must not come out. Where memory ends,
 * the suites see for themselves.
 */
function firstFailure({ device }: Gpu): { check(): void } {
  let first: string | null = null;
  device.addEventListener('uncapturederror', ({ error }) => {
    if (!(error instanceof GPUOutOfMemoryError)) first ??= error.message;
  });
  return {
    check: () => {
      if (first !== null)
        throw new Error(`The GPU refused a command, so the figures are worthless: ${first}`);
    },
  };
}
