import { describe, expect, it } from 'vitest';
import { type Contestant, race, sampleInTurns, timesAsLong } from './measure.ts';

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

describe('timesAsLong', () => {
  it('holds every sample against those before and after it', async () => {
    const log: string[] = [];
    // The machine becomes half as fast in between, and one sample is disturbed.
    const shorter = contestant('shorter', log, [10, 10, 20, 20]);
    const longer = contestant('longer', log, [30, 60, 90]);
    const found = await timesAsLong(longer, shorter, 3);
    expect(log.map((line) => line.split(' ')[0])).toEqual([
      ...['shorter', 'longer', 'shorter', 'longer', 'shorter', 'longer', 'shorter'],
    ]);
    expect(found).toEqual({ ratio: 4, spread: expect.closeTo(0.75 / 4, 12), samples: 3 });
  });
});
