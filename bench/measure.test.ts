import { describe, expect, it } from 'vitest';
import { type Contestant, race, sampleInTurns } from './measure.ts';

/** Takes the given milliseconds for one repeat, call after call, and writes down that it was called. */
function contestant(name: string, log: string[], ms: readonly number[]): Contestant {
  let calls = 0;
  return {
    time: async (repeats) => {
      log.push(`${name} x${repeats}`);
      const once = ms[Math.min(calls, ms.length - 1)] ?? 0;
      calls += 1;
      return once * repeats;
    },
  };
}

describe('race', () => {
  it('warms everybody up, then takes samples in turns', async () => {
    const log: string[] = [];
    // The first call, which compiles, must not count for the number of repeats.
    const fast = contestant('fast', log, [500, 10]);
    const slow = contestant('slow', log, [900, 100]);
    const timings = await race([fast, slow], { samples: 2, sampleMs: 50 });
    const turns = ['fast x5', 'slow x1'];
    expect(log).toEqual(['fast x1', 'fast x1', 'slow x1', 'slow x1', ...turns, ...turns]);
    expect(timings.map(({ ms, repeats }) => [ms, repeats])).toEqual([
      [10, 5],
      [100, 1],
    ]);
  });
});

describe('sampleInTurns', () => {
  it('gives the median of one repeat', async () => {
    const noisy = contestant('noisy', [], [30, 10, 20, 1000, 15]);
    const [timing] = await sampleInTurns([{ contestant: noisy, repeats: 3 }], 5);
    expect(timing).toEqual({ ms: 20, spread: 0.75, samples: 5, repeats: 3 });
  });
});
