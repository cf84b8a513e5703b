import { ShotweaveError } from '../../lib/errors.ts';
import type { Dispatch, Gpu } from '../gpu/gpu.ts';
import { type Dropped, type Picks, pickKey } from './choices.ts';
import { type Instance, type Problem, problemsFor } from './problems.ts';
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
 * Throws `webgpu-unavailable` where a kernel has no variant that computes right.
 */
export async function tune(gpu: Gpu, options: TuneOptions = {}): Promise<Picks> {
  const { software } = gpu.traits;
  const { features } = gpu.choices;
  const { problems = problemsFor(software), time = measure, race = !features.quads } = options;
  const wish = options.precision ?? 'auto';
  const half = features.f16 && (wish === 'f16' || (wish === 'auto' && !software));
  const end = performance.now() + (options.budgetMs ?? budget[software ? 'software' : 'hardware']);
  const variants: Record<string, string> = {};
  const faults = new Map<string, string | null>();
  let precision: Precision = 'f32';

  for (const problem of problems) {
    const { family, shape } = problem;
    const first = family.fallback(features);
    const able = runnable(family, features).filter(
      (name) => half || family.variants[name]?.precision === 'f32',
    );
    const order = [first, ...able.filter((name) => name !== first)];
    const times = new Map<string, number>();
    for (const name of order) {
      if (!race || order.length === 1 || (performance.now() > end && times.size > 0)) break;
      times.set(name, (await timeOf(gpu, problem, name, time)) * (name === first ? margin : 1));
    }
    const ranked = [...order].sort((a, b) => (times.get(a) ?? Infinity) - (times.get(b) ?? Infinity));
    let picked: string | null = null;
    for (const name of ranked) {
      const key = `${family.kernel} ${name}`;
      const fault = faults.has(key) ? (faults.get(key) ?? null) : await faultOf(gpu, problem, name);
      faults.set(key, fault);
      if (fault !== null) continue;
      picked = name;
      break;
    }
    if (picked === null) {
      throw new ShotweaveError(
        'webgpu-unavailable',
        'The graphics driver of this machine computes wrong numbers: update the driver, or use another browser or machine.',
      );
    }
    variants[pickKey(family.kernel, shape)] = picked;
    if (family.variants[picked]?.precision === 'f16') precision = 'f16';
  }
  return { precision, variants, dropped: droppedOf(problems, faults) };
}

function droppedOf(problems: readonly Problem[], faults: ReadonlyMap<string, string | null>): Dropped[] {
  const kernels = [...new Map(problems.map(({ family }) => [family.kernel, family])).values()];
  return kernels.flatMap(({ kernel, variants }) =>
    Object.keys(variants).flatMap((variant) => {
      const reason = faults.get(`${kernel} ${variant}`);
      return reason ? [{ kernel, variant, reason }] : [];
    }),
  );
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
