import { expect, it } from 'vitest';
import { scheduleOf } from '../engine/sampling/schedule.ts';
import { wanSamplers } from './wanSampling.ts';

it('few steps have the times that their checkpoints were distilled at', () => {
  const preset = wanSamplers['wan2.1-14b'].presets?.find(({ steps }) => steps === 4);
  expect(preset).toMatchObject({ solver: 'euler', guidance: 1, shift: 5 });
  const times = preset ? scheduleOf(preset.solver, preset.steps, preset.shift).timesteps : [];
  expect(times.map((time) => Math.round(time * 10) / 10)).toEqual([1000, 937.5, 833.3, 625]);
});

it('a full run has the times of the original', () => {
  const { solver = 'euler', steps, shift, negative } = wanSamplers['wan2.1-14b'];
  const { timesteps } = scheduleOf(solver, steps, shift);
  expect(timesteps.slice(0, 4)).toEqual([999, 995, 991, 987]);
  expect(timesteps.slice(-2)).toEqual([172, 92]);
  expect(negative).toMatch(/^色调艳丽，.*倒着走$/);
});
