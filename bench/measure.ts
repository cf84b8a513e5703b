import type { Dispatch, Gpu } from '../src/engine/gpu/gpu.ts';
import { median, spread } from './statistics.ts';

/** Something that is timed against others. */
export interface Contestant {
  /** Does the work `repeats` times and gives the milliseconds until the GPU was done with all of it. */
  time(repeats: number): Promise<number>;
}

export interface Effort {
  /** Samples of each contestant; the median counts. */
  samples: number;
  /** Least milliseconds of a sample, so that the clock and the way to the GPU count for little. */
  sampleMs: number;
}

/** What was measured of one contestant. */
export interface Timing {
  /** Median over the samples, of one repeat. */
  ms: number;
  /** Distance of the samples' quartiles over their median. */
  spread: number;
  samples: number;
  /** In each sample. */
  repeats: number;
}

const maxRepeats = 2000;

/**
 * Times contestants against each other. Each is warmed up twice: the first time compiles its pipelines, the
 * second says how many repeats make a sample.
 */
export async function race(
  contestants: readonly Contestant[],
  { samples, sampleMs }: Effort,
): Promise<Timing[]> {
  const racers: Racer[] = [];
  for (const contestant of contestants) {
    await contestant.time(1);
    racers.push(racerOf(contestant, await contestant.time(1), sampleMs));
  }
  return sampleInTurns(racers, samples);
}

/** A warm contestant that takes `onceMs`, with enough repeats to make a sample. */
export function racerOf(contestant: Contestant, onceMs: number, sampleMs: number): Racer {
  const repeats = Math.ceil(sampleMs / Math.max(onceMs, 1e-3));
  return { contestant, repeats: Math.min(maxRepeats, Math.max(1, repeats)) };
}

/** A contestant, and how often it does its work in a sample. */
export interface Racer {
  contestant: Contestant;
  repeats: number;
}

/** Times contestants in turns, so that whatever else the machine does hits all of them alike. */
export async function sampleInTurns(racers: readonly Racer[], samples: number): Promise<Timing[]> {
  const taken = racers.map((racer) => ({ ...racer, ms: [] as number[] }));
  for (let sample = 0; sample < samples; sample++) {
    for (const { contestant, repeats, ms } of taken) ms.push((await contestant.time(repeats)) / repeats);
  }
  return taken.map(({ ms, repeats }) => ({
    ms: median(ms),
    spread: spread(ms),
    samples: ms.length,
    repeats,
  }));
}

/**
 * How often as long as `shorter` `longer` takes: every sample of it over the mean of a sample before and one after, so
 * that what slows the machine for a while slows both.
 */
export async function timesAsLong(
  longer: Contestant,
  shorter: Contestant,
  samples: number,
): Promise<Pick<Timing, 'spread' | 'samples'> & { ratio: number }> {
  const ratios: number[] = [];
  let before = await shorter.time(1);
  for (let sample = 0; sample < samples; sample++) {
    const ms = await longer.time(1);
    const after = await shorter.time(1);
    ratios.push((2 * ms) / (before + after));
    before = after;
  }
  return { ratio: median(ratios), spread: spread(ratios), samples };
}

/** Milliseconds from now until the GPU has done what `work` submits. */
export async function timed(device: GPUDevice, work: () => void | Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  await device.queue.onSubmittedWorkDone();
  return performance.now() - start;
}

/** Dispatches as a contestant: all repeats in one submission. */
export function dispatched(gpu: Gpu, dispatches: readonly Dispatch[]): Contestant {
  const { device } = gpu;
  return {
    time: (repeats) =>
      timed(device, () => {
        const encoder = device.createCommandEncoder();
        for (let i = 0; i < repeats; i++) gpu.record(encoder, dispatches);
        device.queue.submit([encoder.finish()]);
      }),
  };
}
