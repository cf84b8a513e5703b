import { describe, expect, it } from 'vitest';
import runs from '../golden/fixtures/wan/trajectories.json';
import { unpatchify } from '../golden/layout.ts';
import { Runner } from '../gpu/runner.ts';
import type { PatchShape } from '../kernels/latent.ts';
import { unipcStep } from '../reference/unipc.ts';
import { testGpu } from '../testing/device.ts';
import { expectClose } from '../testing/expectClose.ts';
import { randomFloats } from '../testing/random.ts';
import { modelOfTrajectories, type Trajectory } from '../testing/trajectories.ts';
import { adamsSteps } from './adams.ts';
import { FilmSampler, samplerStateValues } from './filmSampler.ts';
import { unipcSteps } from './unipc.ts';

const gpu = await testGpu();
const runner = new Runner(gpu);
// A JSON module's texts are of no union.
const trajectories = runs as Trajectory[];

/** A sampler over latents of this shape, whose model runs on the host. */
function setUp(
  run: Pick<Trajectory, 'solver' | 'steps' | 'shift'>,
  shape: PatchShape,
  guidance: number,
  guidanceEvery = 1,
) {
  const scope = gpu.scope();
  const { grid, channels, patchSize } = shape;
  const values = grid.frames * grid.rows * grid.columns * patchSize ** 2 * channels;
  const make = (label: string): GPUBuffer => scope.buffer(label, values * 4);
  const buffers = { x: make('x'), estimate: make('estimate'), vCond: make('cond'), vNull: make('null') };
  const { solver, steps, shift } = run;
  const sampler = new FilmSampler(scope, {
    ...{ solver, steps, shift, guidance, guidanceEvery, shape },
    ...buffers,
  });
  return {
    scope,
    sampler,
    values,
    read: async (name: keyof typeof buffers) => new Float32Array(await scope.read(buffers[name])),
    /** Takes a step whose guided velocity is `v` (tokens). */
    step: async (index: number, v: Float32Array): Promise<void> => {
      const apart = randomFloats(index, v.length, 0.5);
      const along = (factor: number) => v.map((value, i) => value + factor * (apart[i] ?? 0));
      scope.write(buffers.vCond, new Float32Array(along(1 - guidance)));
      scope.write(buffers.vNull, new Float32Array(along(-guidance)));
      await runner.run(await sampler.step(index));
    },
    /** Takes a step by the velocity of each pass; null where the step has no second one. */
    stepOf: async (index: number, vCond: Float32Array, vNull: Float32Array | null): Promise<void> => {
      scope.write(buffers.vCond, new Float32Array(vCond));
      if (vNull) scope.write(buffers.vNull, new Float32Array(vNull));
      await runner.run(await sampler.step(index));
    },
  };
}

/** One token of 2 x 2 cells: latents and velocity tokens lie in the same order. */
const oneToken: PatchShape = { grid: { frames: 1, rows: 1, columns: 1 }, channels: 4, patchSize: 2 };

describe.each(trajectories)('$solver in $steps steps, shift $shift', (run) => {
  const start = new Float32Array([...run.start, ...run.start]);
  const model = (x: Float32Array, timestep: number): Float32Array =>
    x.map((value) => modelOfTrajectories(value, timestep));

  it.each([1, 4])('takes the way of the reference with guidance %f', async (guidance) => {
    const { sampler, scope, read, step } = setUp(run, oneToken, guidance);
    sampler.restore(start);
    for (const [i, expected] of run.states.entries()) {
      const x = await read('x');
      const v = model(x, sampler.schedule.timesteps[i] ?? 0);
      await step(i, v);
      expectClose(await read('x'), [...expected, ...expected], { relative: 0, absolute: 2e-5 });
      const sigma = sampler.schedule.sigmas[i] ?? 0;
      const clean = x.map((value, j) => value - sigma * (v[j] ?? 0));
      expectClose(await read('estimate'), clean, { relative: 0, absolute: 2e-6 });
    }
    scope.freeAll();
  });

  it('goes on from its state with the same bits', async () => {
    const whole = setUp(run, oneToken, 1);
    whole.sampler.restore(start);
    const resumed = setUp(run, oneToken, 1);
    resumed.sampler.restore(start);
    const cut = Math.floor(run.steps / 2) + 1;
    for (let i = 0; i < run.steps; i++) {
      if (i === cut) {
        const state = await whole.sampler.state();
        expect(state.length).toBe(samplerStateValues(run.solver, { guidance: 1 }, whole.values));
        resumed.sampler.restore(state);
      }
      const v = model(await whole.read('x'), i);
      await whole.step(i, v);
      if (i >= cut) await resumed.step(i, v);
    }
    if (cut < run.steps) expect(await resumed.read('x')).toEqual(await whole.read('x'));
    whole.scope.freeAll();
    resumed.scope.freeAll();
  });
});

describe.each(['euler', 'adams', 'unipc'] as const)('%s with a second pass on every third step', (solver) => {
  const run = { solver, steps: 8, shift: 3 };
  const film = { guidance: 3.5, guidanceEvery: 3 };
  const start = randomFloats(1, 16);
  const vCond = (i: number) => randomFloats(20 + i, 16);
  const vNull = (i: number) => randomFloats(40 + i, 16);

  it('keeps what guidance changed until the next one', async () => {
    const rarely = setUp(run, oneToken, film.guidance, film.guidanceEvery);
    const plain = setUp(run, oneToken, 1);
    rarely.sampler.restore(start);
    plain.sampler.restore(start);
    for (let i = 0; i < run.steps; i++) {
      await rarely.stepOf(i, vCond(i), i % 3 === 0 ? vNull(i) : null);
      const last = i - (i % 3);
      const [prompted, unprompted] = [vCond(last), vNull(last)];
      const change = prompted.map((value, j) => value - (unprompted[j] ?? 0));
      await plain.step(
        i,
        vCond(i).map((value, j) => value + (film.guidance - 1) * (change[j] ?? 0)),
      );
      expectClose(await rarely.read('x'), await plain.read('x'), { relative: 0, absolute: 1e-5 });
    }
    rarely.scope.freeAll();
    plain.scope.freeAll();
  });

  it('goes on from a step that has no second pass with the same bits', async () => {
    const whole = setUp(run, oneToken, film.guidance, film.guidanceEvery);
    const resumed = setUp(run, oneToken, film.guidance, film.guidanceEvery);
    whole.sampler.restore(start);
    for (let i = 0; i < run.steps; i++) {
      if (i === 4) {
        const state = await whole.sampler.state();
        expect(state.length).toBe(samplerStateValues(solver, film, whole.values));
        resumed.sampler.restore(state);
      }
      await whole.stepOf(i, vCond(i), i % 3 === 0 ? vNull(i) : null);
      if (i >= 4) await resumed.stepOf(i, vCond(i), i % 3 === 0 ? vNull(i) : null);
    }
    expect(await resumed.read('x')).toEqual(await whole.read('x'));
    whole.scope.freeAll();
    resumed.scope.freeAll();
  });
});

describe.each([1, 2.5])('Adams with guidance %f', (guidance) => {
  const shape: PatchShape = { grid: { frames: 2, rows: 3, columns: 5 }, channels: 8, patchSize: 2 };

  it('finds the cell of every velocity, and minds that of the step before', async () => {
    const film = setUp({ solver: 'adams', steps: 5, shift: 3 }, shape, guidance);
    const { sigmas } = film.sampler.schedule;
    const start = randomFloats(1, film.values);
    film.sampler.restore(start);
    let x = Array.from(start);
    let last = x.map(() => 0);
    for (const [i, { now, old }] of adamsSteps(sigmas).entries()) {
      const v = randomFloats(10 + i, film.values);
      await film.step(i, v);
      const cells = unpatchify(v, { ...shape.grid, patch: 2, channels: 8 });
      const clean = x.map((value, j) => value - (sigmas[i] ?? 0) * (cells[j] ?? 0));
      expectClose(await film.read('estimate'), clean, { relative: 0, absolute: 1e-5 });
      x = x.map((value, j) => value + now * (cells[j] ?? 0) + old * (last[j] ?? 0));
      last = Array.from(cells);
      expectClose(await film.read('x'), x, { relative: 0, absolute: 1e-5 });
    }
    film.scope.freeAll();
  });

  it('goes on from its state with the same bits', async () => {
    const run = { solver: 'adams', steps: 6, shift: 3 } as const;
    const whole = setUp(run, oneToken, guidance);
    const resumed = setUp(run, oneToken, guidance);
    whole.sampler.restore(randomFloats(1, 16));
    for (let i = 0; i < run.steps; i++) {
      if (i === 3) {
        const state = await whole.sampler.state();
        expect(state.length).toBe(samplerStateValues('adams', { guidance }, whole.values));
        resumed.sampler.restore(state);
      }
      await whole.step(i, randomFloats(20 + i, 16));
      if (i >= 3) await resumed.step(i, randomFloats(20 + i, 16));
    }
    expect(await resumed.read('x')).toEqual(await whole.read('x'));
    whole.scope.freeAll();
    resumed.scope.freeAll();
  });
});

it('UniPC finds the cell of every velocity', async () => {
  const shape: PatchShape = { grid: { frames: 2, rows: 3, columns: 5 }, channels: 8, patchSize: 2 };
  const film = setUp({ solver: 'unipc', steps: 5, shift: 5 }, shape, 2.5);
  const { sigmas } = film.sampler.schedule;
  const start = randomFloats(1, film.values);
  film.sampler.restore(start);
  const zeros = Array.from(start, () => 0);
  let memory = { x: Array.from(start), last: zeros, old: zeros, older: zeros };
  for (const [i, step] of unipcSteps(sigmas).entries()) {
    const v = randomFloats(10 + i, film.values);
    await film.step(i, v);
    const cells = unpatchify(v, { ...shape.grid, patch: 2, channels: 8 });
    memory = unipcStep(memory, cells, sigmas[i] ?? 0, step);
    expectClose(await film.read('x'), memory.x, { relative: 0, absolute: 1e-5 });
  }
  film.scope.freeAll();
});
