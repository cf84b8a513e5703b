import { ShotweaveError } from '../../lib/errors.ts';
import type { Dispatch, Gpu } from '../gpu/gpu.ts';
import { type Dropped, type Picks, pickKey } from './choices.ts';
import type { Instance, Problem } from './problems/problem.ts';
import { problemsFor } from './problems.ts';
import { type Precision, runnable } from './variants.ts';

export interface TuneOptions {
  /** 'auto': f16 where the adapter has it and is no CPU. */
  precision?: Precision | 'auto';
  problems?: readonly Problem[];
  /** Whether variants are raced, not only checked. Not by default where subgroups are quads on the CPU (see below). */
  race?: boolean;
  /** Milliseconds that the races may take together, compiling among it. */
  budgetMs?: number;
  /** Milliseconds that dispatches take; measured unless a test says otherwise. */
  time?: (gpu: Gpu, dispatches: readonly Dispatch[], variant: string) => Promise<number>;
  /** Variants that are not tried, as long as the device can run others. */
  leftOut?: readonly Dropped[];
  /** Told of the variant that was being tried when the device was lost. */
  onLost?: (tried: Dropped) => Promise<void>;
}

/** What runs without measurements gives way to what is faster by more than the noise of a race. */
const margin = 0.9;

/** A race has to tell variants apart, not to measure them: a GPU needs milliseconds, a CPU compiles for seconds. */
const budget = { software: 2000, hardware: 1500 };

/** Relative errors of a whole output that a variant may have. */
const allowed: Readonly<Record<Precision, number>> = { f32: 1e-4, f16: 2e-2 };

/**
 * Races the variants of every kernel that this device can run, and keeps the fastest that also computes what its CPU
 * twin does. Wrong ones are dropped, with the reason. When the budget is spent, what runs without measurements stays.
 * Where subgroups are quads on the CPU, everything else is several times slower and takes seconds to compile: there
 * the variants made for it are only checked, so that the choice and with it the film never hang on a measurement.
 * Throws `webgpu-unavailable` where a kernel has no variant that computes right, and `device-lost`.
 */
export async function tune(gpu: Gpu, options: TuneOptions = {}): Promise<Picks> {
  const { software } = gpu.traits;
  const { features } = gpu.choices;
  const { problems = problemsFor(software), time = measure, race = !features.quads } = options;
  const { leftOut = [], onLost } = options;
  const wish = options.precision ?? 'auto';
  const half = features.f16 && (wish === 'f16' || (wish === 'auto' && !software));
  const end = performance.now() + (options.budgetMs ?? budget[software ? 'software' : 'hardware']);
  const variants: Record<string, string> = {};
  const dropped: Dropped[] = [];
  const drop = (entry: Dropped): void => {
    if (!dropped.some((other) => isSame(other, entry))) dropped.push(entry);
  };
  let precision: Precision = 'f32';
  // What is lost already was lost by no variant.
  if (await isLost(gpu)) throw deviceLost();

  for (const problem of problems) {
    const { family, shape } = problem;
    const { kernel } = family;
    const first = family.fallback(features);
    const able = runnable(family, features).filter(
      (name) => half || family.variants[name]?.precision === 'f32',
    );
    const all = [first, ...able.filter((name) => name !== first)];
    const left = all.filter((variant) => !leftOut.some((entry) => isSame(entry, { kernel, variant })));
    const order = left.length > 0 ? left : all;
    for (const entry of leftOut) if (entry.kernel === kernel && order === left) drop(entry);
    const survived = async <T>(variant: string, outcome: T): Promise<T> => {
      if (!(await isLost(gpu))) return outcome;
      await onLost?.({ kernel, variant, reason: 'the GPU was lost when it ran' });
      throw deviceLost();
    };
    const times = new Map<string, number>();
    for (const name of order) {
      if (!race || order.length === 1 || (performance.now() > end && times.size > 0)) break;
      const ms = await survived(name, await timeOf(gpu, problem, name, time));
      times.set(name, ms * (name === first ? margin : 1));
    }
    const ranked = [...order].sort((a, b) => (times.get(a) ?? Infinity) - (times.get(b) ?? Infinity));
    let picked: string | null = null;
    for (const variant of ranked) {
      const reason = await survived(variant, await faultOf(gpu, problem, variant));
      if (reason === null) {
        picked = variant;
        break;
      }
      drop({ kernel, variant, reason });
    }
    if (picked === null) {
      throw new ShotweaveError(
        'webgpu-unavailable',
        'The graphics driver of this machine computes wrong numbers: update the driver, or use another browser or machine.',
      );
    }
    variants[pickKey(kernel, shape)] = picked;
    if (family.variants[picked]?.precision === 'f16') precision = 'f16';
  }
  return { precision, variants, dropped };
}

function isSame(a: Pick<Dropped, 'kernel' | 'variant'>, b: Pick<Dropped, 'kernel' | 'variant'>): boolean {
  return a.kernel === b.kernel && a.variant === b.variant;
}

function deviceLost(): ShotweaveError {
  return new ShotweaveError(
    'device-lost',
    'The GPU was taken away while its kernels were being tried (a driver reset or too little memory): your storyboard is safe, make the film again.',
  );
}

/** Whether the device is lost: reads and compilations fail before it says so, in a task of its own. */
async function isLost({ device }: Gpu): Promise<boolean> {
  await device.queue.onSubmittedWorkDone().catch(() => undefined);
  const later = new Promise<false>((resolve) => setTimeout(resolve, 0, false));
  return Promise.race([device.lost.then(() => true), later]);
}

/** Milliseconds of a variant; infinite where it does not even run. */
async function timeOf(
  gpu: Gpu,
  problem: Problem,
  variant: string,
  time: NonNullable<TuneOptions['time']>,
): Promise<number> {
  const scope = gpu.scope();
  try {
    return await caught(gpu, async () => time(scope, await problem.race(scope, variant), variant));
  } catch {
    return Number.POSITIVE_INFINITY;
  } finally {
    scope.freeAll();
  }
}

/** The best of three, after one to warm up. */
async function measure(gpu: Gpu, dispatches: readonly Dispatch[]): Promise<number> {
  const { queue } = gpu.device;
  let best = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < 4; turn++) {
    const start = performance.now();
    submit(gpu, dispatches);
    await queue.onSubmittedWorkDone();
    if (turn > 0) best = Math.min(best, performance.now() - start);
  }
  return best;
}

function submit(gpu: Gpu, dispatches: readonly Dispatch[]): void {
  const encoder = gpu.device.createCommandEncoder();
  gpu.record(encoder, dispatches);
  gpu.device.queue.submit([encoder.finish()]);
}

/** What is wrong with a variant, in words; null where it computes what it should. */
export async function faultOf(gpu: Gpu, problem: Problem, variant: string): Promise<string | null> {
  const scope = gpu.scope();
  const precision = problem.family.variants[variant]?.precision ?? 'f32';
  try {
    return await caught(gpu, async () => {
      for (const instance of await problem.checks(scope, variant)) {
        submit(scope, instance.dispatches);
        const fault = compare(instance, await scope.read(instance.output), allowed[precision]);
        if (fault) return fault;
      }
      return null;
    });
  } catch (error) {
    return `it did not run: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`;
  } finally {
    scope.freeAll();
  }
}

function compare(
  { expected, exact = false }: Instance,
  content: ArrayBuffer,
  tolerance: number,
): string | null {
  const floats = new Float32Array(content);
  if (exact) {
    const words = new Uint32Array(content);
    const wrong = Array.from(expected).filter((word, i) => words[i] !== word).length;
    return wrong > 0 ? `${wrong} of ${expected.length} choices were wrong` : null;
  }
  if (floats.some((value) => !Number.isFinite(value))) return 'it gave values that are not numbers';
  let error = 0;
  let size = 0;
  for (let i = 0; i < expected.length; i++) {
    error += ((floats[i] ?? 0) - (expected[i] ?? 0)) ** 2;
    size += (expected[i] ?? 0) ** 2;
  }
  const relative = Math.sqrt(error / (size || 1));
  return relative <= tolerance ? null : `its error was ${relative.toPrecision(2)}`;
}

/** Runs work whose GPU errors are its own and not the device's. */
async function caught<T>(gpu: Gpu, work: () => Promise<T>): Promise<T> {
  const { device } = gpu;
  device.pushErrorScope('validation');
  device.pushErrorScope('out-of-memory');
  let result: T;
  let errors: (GPUError | null)[];
  try {
    result = await work();
  } finally {
    errors = [await device.popErrorScope(), await device.popErrorScope()];
  }
  const error = errors.find((entry) => entry !== null);
  if (error) throw new Error(error.message);
  return result;
}
