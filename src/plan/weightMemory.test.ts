import { describe, expect, it } from 'vitest';
import { formatBits } from '../engine/weights/storedMatrix.ts';
import { wanTransformers } from '../model/wan.ts';
import { publishedWanConfig } from '../model/wanConfig.ts';
import { longestSeconds, type MemoryCase, memoryTable, planMemory } from './memoryTable.ts';
import { blockStorage, ditWeightBytes, planWeights, storedWeightBytes, weightBits } from './weightMemory.ts';

const gibibyte = 2 ** 30;

it('counts the bits that the engine stores', () => {
  expect(weightBits).toEqual(formatBits);
});

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
  const plans = [40, 20, 12, 4, 1, 0.7, 0.3].map((gib) => planWeights(dit, gib * gibibyte));
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

it('streams blocks that take more than there is room for', () => {
  const { 'wan2.1-1.3b': small, 'wan2.1-14b': large } = wanTransformers;
  expect([blockStorage(small, 'f32'), blockStorage(large, 'f16')]).toEqual(['resident', 'streamed']);
  expect([blockStorage(small, 'f16', 1e9), blockStorage(large, 'int8', 2e10)]).toEqual([
    'streamed',
    'resident',
  ]);
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
    expect(planMemory(film(5), 16 * gibibyte)).toMatchObject({ format: 'f16', storage: 'resident' });
    expect(planMemory(film(60), 8 * gibibyte)).toBeNull();
  });

  it('names the longest film that fits', () => {
    const seconds = longestSeconds(film(60), 8 * gibibyte);
    expect(planMemory(film(seconds), 8 * gibibyte)).not.toBeNull();
    expect(planMemory(film(seconds + 1), 8 * gibibyte)).toBeNull();
    const [, row] = memoryTable([film(60)], [8]);
    expect(row?.at(-1)).toBe(`no: up to ${seconds} s`);
  });
});
