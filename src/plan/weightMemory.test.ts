import { describe, expect, it } from 'vitest';
import { wanTransformers } from '../model/wan.ts';
import { publishedWanConfig } from '../model/wanConfig.ts';
import { longestSeconds, type MemoryCase, memoryTable, planMemory } from './memoryTable.ts';
import { ditWeightBytes, planWeights, storedWeightBytes, streamedBytes } from './weightMemory.ts';

const gibibyte = 2 ** 30;

describe.each([
  ['wan2.1-1.3b', 1_418_996_800],
  ['wan2.1-14b', 14_288_491_584],
] as const)('%s', (name, parameters) => {
  const dit = wanTransformers[name];

  it('has as many parameters as were published', () => {
    const { block, rest } = ditWeightBytes(dit, 'f32');
    expect((rest + dit.layers * block) / 4).toBe(parameters);
  });

  it('takes less room with fewer bits, and least streamed', () => {
    const sizes = [
      storedWeightBytes(dit, { format: 'f16', storage: 'resident' }),
      storedWeightBytes(dit, { format: 'int8', storage: 'resident' }),
      storedWeightBytes(dit, { format: 'int4', storage: 'resident' }),
      storedWeightBytes(dit, { format: 'f16', storage: 'streamed' }),
    ];
    expect([...sizes].sort((a, b) => b - a)).toEqual(sizes);
    expect(sizes[0]).toBeCloseTo(2 * parameters, -8);
  });
});

it('keeps weights resident while they fit in any format, then streams them, then gives up', () => {
  const dit = wanTransformers['wan2.1-14b'];
  const plans = [40, 20, 12, 4, 1.3, 1, 0.7].map((gib) => planWeights(dit, gib * gibibyte));
  expect(plans.map((plan) => plan && `${plan.format} ${plan.storage}`)).toEqual([
    'f16 resident',
    'int8 resident',
    'int4 resident',
    'f16 streamed',
    'int8 streamed',
    'int4 streamed',
    null,
  ]);
});

it('keeps to the format that was asked for, and streams that before it gives up', () => {
  const dit = wanTransformers['wan2.1-14b'];
  const plans = [40, 20, 4, 1].map((gib) => planWeights(dit, gib * gibibyte, { format: 'f16' }));
  expect(plans.map((plan) => plan?.storage)).toEqual(['resident', 'streamed', 'streamed', undefined]);
});

it('chooses a format whose largest matrix fits a binding', () => {
  const limits = { bindingBytes: 2 ** 27 };
  // 1536 x 9216 values in f16 are 27 MiB; 14B's modulation alone needs 300 MiB.
  expect(planWeights(wanTransformers['wan2.1-1.3b'], 40 * gibibyte, limits)?.format).toBe('f16');
  expect(planWeights(wanTransformers['wan2.1-14b'], 40 * gibibyte, limits)).toBeNull();
});

it('counts what a pass reads from disk', () => {
  const dit = wanTransformers['wan2.1-1.3b'];
  expect(streamedBytes(dit, { format: 'f16', storage: 'resident', bytes: 0 })).toBe(0);
  const read = streamedBytes(dit, { format: 'f16', storage: 'streamed', bytes: 0 });
  expect(read).toBe(30 * ditWeightBytes(dit, 'f16').block);
});

describe('a memory plan', () => {
  const film = (seconds: number): MemoryCase => ({
    model: publishedWanConfig('wan2.1-1.3b'),
    width: 832,
    height: 480,
    fps: 16,
    seconds,
    attention: 'dense',
  });

  it('finds room for five seconds on a common card, and none for a minute on a small one', () => {
    expect(planMemory(film(5), 16)?.weights?.dit).toMatchObject({ format: 'f16', storage: 'resident' });
    expect(planMemory(film(60), 8)).toBeNull();
  });

  it('names the longest film that fits', () => {
    const seconds = longestSeconds(film(60), 8);
    expect(planMemory(film(seconds), 8)).not.toBeNull();
    expect(planMemory(film(seconds + 1), 8)).toBeNull();
    const [, row] = memoryTable([film(60)], [8]);
    expect(row?.at(-1)).toBe(`no: up to ${seconds} s`);
  });
});
