import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { unipcStep } from '../reference/unipc.ts';
import { expectClose } from '../testing/expectClose.ts';
import { modelOfTrajectories, type Trajectory } from '../testing/trajectories.ts';
import { scheduleOf } from './schedule.ts';
import { unipcSteps } from './unipc.ts';

const url = new URL('../golden/fixtures/wan/trajectories.json', import.meta.url);
const runs: Trajectory[] = JSON.parse(readFileSync(url, 'utf8'));

describe.each(runs)('$solver in $steps steps, shift $shift', (run) => {
  const { sigmas, timesteps } = scheduleOf(run.solver, run.steps, run.shift);

  it('has the noise levels and times of the reference', () => {
    expectClose(sigmas, run.sigmas, { relative: 0, absolute: 1e-6 });
    expectClose(timesteps, run.timesteps, { relative: 0, absolute: 1e-3 });
  });
});

describe.each(runs.filter(({ solver }) => solver === 'unipc'))(
  'UniPC in $steps steps, shift $shift',
  (run) => {
    it('takes the way of the reference', () => {
      const { sigmas, timesteps } = scheduleOf(run.solver, run.steps, run.shift);
      const zeros = run.start.map(() => 0);
      let memory = { x: run.start, last: zeros, old: zeros, older: zeros };
      for (const [i, step] of unipcSteps(sigmas).entries()) {
        const v = memory.x.map((x) => modelOfTrajectories(x, timesteps[i] ?? 0));
        memory = unipcStep(memory, v, sigmas[i] ?? 0, step);
        expectClose(memory.x, run.states[i] ?? [], { relative: 0, absolute: 1e-5 });
      }
    });
  },
);

it('refuses to start from pure noise, where the signal-to-noise ratio has no logarithm', () => {
  expect(() => unipcSteps([1, 0.5, 0])).toThrow(/below 1/);
});
