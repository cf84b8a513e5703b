import { describe, expect, it } from 'vitest';
import type { ModelConfig } from '../../model/config.ts';
import { scheduleOf } from './schedule.ts';
import { samplingSettings } from './settings.ts';

const plain: ModelConfig['sampler'] = { steps: 20, cfg: 3.5, shift: 3 };
const sampler: ModelConfig['sampler'] = {
  ...plain,
  shift_growth: { tokens: 1000, power: 0.5 },
  presets: [
    { name: 'full', solver: 'euler', steps: 20, guidance: 3.5, shift: 3 },
    { name: 'few steps', solver: 'euler', steps: 6, guidance: 1, shift: 2, time_offset: 1000 },
  ],
};

describe('samplingSettings', () => {
  it('takes the shift as it is where the model says nothing of lengths', () => {
    expect(samplingSettings(plain, { steps: 6, guidance: 1 }, 9000)).toEqual({
      solver: 'euler',
      shift: 3,
      timeOffset: 0,
    });
  });

  it('lets the shift grow with the film, and a film overrule it', () => {
    expect(samplingSettings(sampler, { steps: 20, guidance: 3.5 }, 1000).shift).toBe(3);
    expect(samplingSettings(sampler, { steps: 20, guidance: 3.5 }, 4000).shift).toBe(6);
    expect(samplingSettings(sampler, { steps: 20, guidance: 3.5, shift: 5 }, 4000).shift).toBe(5);
  });

  it('asks for few steps where steps and guidance are those of the preset, at its own noise levels', () => {
    const few = { solver: 'euler', shift: 2, timeOffset: 1000 };
    expect(samplingSettings(sampler, { steps: 6, guidance: 1 }, 4000)).toEqual(few);
    expect(samplingSettings(sampler, { steps: 6, guidance: 1, shift: 5 }, 4000)).toEqual({
      ...few,
      shift: 5,
    });
    expect(samplingSettings(sampler, { steps: 5, guidance: 1 }, 1000).timeOffset).toBe(0);
    expect(samplingSettings(sampler, { steps: 6, guidance: 2 }, 1000).timeOffset).toBe(0);
    expect(samplingSettings(sampler, { steps: 6, guidance: 1, solver: 'unipc' }, 1000).timeOffset).toBe(0);
  });

  it('asks for guided velocities in one pass wherever a film is made without guidance', () => {
    const onePass = { ...plain, shift_growth: { tokens: 1000, power: 0.5 }, one_pass: { time_offset: 1000 } };
    const unguided = { solver: 'unipc', guidance: 1 } as const;
    expect(samplingSettings(onePass, { ...unguided, steps: 9 }, 4000)).toEqual({
      solver: 'unipc',
      shift: 6,
      timeOffset: 1000,
    });
    expect(samplingSettings(onePass, { ...unguided, steps: 9, shift: 2 }, 4000).shift).toBe(2);
    expect(samplingSettings(onePass, { steps: 9, guidance: 1.5 }, 4000).timeOffset).toBe(0);
  });

  it('moves the timesteps and not the noise levels', () => {
    const base = scheduleOf('euler', 6, 2);
    const moved = scheduleOf('euler', 6, 2, 1000);
    expect(moved.sigmas).toEqual(base.sigmas);
    expect(moved.timesteps).toEqual(base.timesteps.map((t) => t + 1000));
  });
});
