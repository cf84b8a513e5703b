import { describe, expect, it } from 'vitest';
import { gaussianNoise, shotNoise, shotSeed } from './noise.ts';

const count = 200_000;
const seeds = [0, 7, 2 ** 32 - 1];

function meanOf(length: number, value: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += value(i);
  return sum / length;
}

describe('gaussianNoise', () => {
  it.each(seeds)('has the moments of a normal distribution for seed %i', (seed) => {
    const noise = gaussianNoise(seed, count);
    const moment = (power: number): number => meanOf(count, (i) => (noise[i] ?? Number.NaN) ** power);
    // Five standard errors of each mean: the variances of x, x^2, x^3 and x^4 are 1, 2, 15 and 96.
    const error = (variance: number): number => 5 * Math.sqrt(variance / count);
    expect(Math.abs(moment(1))).toBeLessThan(error(1));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(error(2));
    expect(Math.abs(moment(3))).toBeLessThan(error(15));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(error(96));
  });

  it('has no correlation between neighbouring values and seeds', () => {
    const noise = gaussianNoise(7, count);
    const other = gaussianNoise(8, count);
    const limit = 5 / Math.sqrt(count);
    for (const lag of [1, 2, 3, 16]) {
      const correlation = meanOf(count - lag, (i) => (noise[i] ?? 0) * (noise[i + lag] ?? 0));
      expect(Math.abs(correlation), `lag ${lag}`).toBeLessThan(limit);
    }
    for (const shift of [0, 1, 2]) {
      const correlation = meanOf(count - shift, (i) => (noise[i + shift] ?? 0) * (other[i] ?? 0));
      expect(Math.abs(correlation), `seeds shifted by ${shift}`).toBeLessThan(limit);
    }
  });

  it('depends on the seed alone, and a longer noise starts as a shorter one', () => {
    const long = gaussianNoise(5, 1001);
    expect(gaussianNoise(5, 1001)).toEqual(long);
    for (const shorter of [0, 1, 2, 999, 1000]) {
      expect(gaussianNoise(5, shorter)).toEqual(long.slice(0, shorter));
    }
    expect(gaussianNoise(6, 1001)).not.toEqual(long);
  });

  it('stays the same from version to version, so that old storyboards keep their films', () => {
    // By an implementation of SplitMix32, xoshiro128** and Box-Muller in Python.
    const known: [number, number[]][] = [
      [0, [-1.6739467005453623, -1.0085719638133719, -0.5794547184267972, 1.5024956240066865]],
      [2 ** 32 - 1, [0.44104649394195267, -0.5727547273642105, 0.17519685944399166, 2.0845450126480474]],
    ];
    for (const [seed, values] of known) {
      const noise = gaussianNoise(seed, values.length);
      for (const [i, value] of values.entries()) expect(noise[i]).toBeCloseTo(value, 6);
    }
  });
});

describe('shotNoise', () => {
  const sizeOf = (frames: number) => ({ frames, height: 20, width: 25, channels: 100 });
  const frameSize = 50_000;
  const frame = (noise: Float32Array, index: number): Float32Array =>
    noise.subarray(index * frameSize, (index + 1) * frameSize);
  const productOf = (a: Float32Array, b: Float32Array): number =>
    meanOf(a.length, (i) => (a[i] ?? 0) * (b[i] ?? 0));
  const pan = { right: 1 / 25, down: 0, nearer: 0 };

  it('is independent from frame to frame where nothing is said', () => {
    const size = { frames: 2, height: 3, width: 167, channels: 1 };
    expect(shotNoise(3, size, 0, pan)).toEqual(gaussianNoise(3, 2 * 501));
  });

  it.each([0.5, 0.95])('has frames of variance 1 whose correlation %f falls by its powers', (correlation) => {
    const noise = shotNoise(11, sizeOf(5), correlation);
    const error = 6 / Math.sqrt(frameSize);
    for (let one = 0; one < 5; one++) {
      for (let other = one; other < 5; other++) {
        const product = productOf(frame(noise, one), frame(noise, other));
        expect(Math.abs(product - correlation ** (other - one)), `frames ${one} and ${other}`).toBeLessThan(
          error,
        );
      }
    }
  });

  it('starts as the noise of a shorter shot, and takes none and one frame', () => {
    const sizes = { height: 3, width: 11, channels: 1 };
    const long = shotNoise(5, { ...sizes, frames: 4 }, 0.9, pan);
    for (const frames of [0, 1, 3]) {
      expect(shotNoise(5, { ...sizes, frames }, 0.9, pan)).toEqual(long.slice(0, frames * 33));
    }
  });

  it.each([
    ['a whole cell', 1, [0, 1]],
    ['a quarter of one', 0.25, [0.75, 0.25]],
  ])(
    'goes along with the camera by %s a frame, and what comes into the picture is new',
    (_, cells, shares) => {
      const noise = shotNoise(12, sizeOf(4), 0.9, { right: cells / 25, down: 0, nearer: 0 });
      const error = 6 / Math.sqrt(20 * 100);
      const column = (index: number, x: number): Float32Array =>
        Float32Array.from({ length: 20 * 100 }, (_, i) => {
          const [y, c] = [Math.floor(i / 100), i % 100];
          return noise[((index * 20 + y) * 25 + x) * 100 + c] ?? 0;
        });
      for (const x of [3, 7, 23]) {
        for (const [by, share] of shares.entries()) {
          const product = productOf(column(1, x), column(2, x + by));
          expect(Math.abs(product - 0.9 * share), `${by} from column ${x}`).toBeLessThan(error);
        }
      }
      const left = productOf(column(1, 0), column(2, 0));
      expect(Math.abs(left - 0.9 * (shares[0] ?? 0))).toBeLessThan(error);
      for (const x of [5, 24]) expect(Math.abs(productOf(column(1, x), column(2, 0)))).toBeLessThan(error);
      expect(frame(noise, 0)).toEqual(gaussianNoise(12, frameSize));
    },
  );

  it.each([
    ['nearer', { right: 0, down: 0, nearer: 0.2 }],
    ['further away', { right: 0, down: 0, nearer: -0.2 }],
    ['down and to the right', { right: 0.03, down: 0.03, nearer: 0 }],
  ])('stays noise while the camera moves %s', (_, motion) => {
    const noise = shotNoise(13, sizeOf(4), 0.9, motion);
    const error = 6 / Math.sqrt(frameSize);
    for (let index = 0; index < 4; index++) {
      const values = frame(noise, index);
      expect(Math.abs(productOf(values, values) - 1)).toBeLessThan(1.5 * error);
      // Neighbours to the right, below, and in channels.
      for (const apart of [100, 2500, 1]) {
        const product = productOf(values.subarray(apart), values.subarray(0, -apart));
        expect(Math.abs(product), `frame ${index}, values ${apart} apart`).toBeLessThan(error);
      }
    }
    const still = shotNoise(13, sizeOf(4), 0.9);
    expect(frame(noise, 3)).not.toEqual(frame(still, 3));
  });

  it('is that of a still camera where nothing moves', () => {
    const still = shotNoise(14, sizeOf(3), 0.9);
    const moved = shotNoise(14, sizeOf(3), 0.9, { right: 0, down: 0, nearer: 0 });
    for (const [i, value] of moved.entries()) {
      if (Math.abs(value - (still[i] ?? 0)) > 1e-5) expect.fail(`value ${i}`);
    }
  });
});

describe('shotSeed', () => {
  it("takes the shot's own seed, also zero", () => {
    expect(shotSeed(9, { seed: 123 }, 4)).toBe(123);
    expect(shotSeed(9, { seed: 0 }, 4)).toBe(0);
  });

  it('draws a 32-bit seed of its own for every shot of every film', () => {
    const drawn = new Set<number>();
    for (let film = 0; film < 50; film++) {
      for (let shot = 0; shot < 200; shot++) {
        const seed = shotSeed(film, { seed: null }, shot);
        expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32).toBe(true);
        drawn.add(seed);
      }
    }
    expect(drawn.size).toBe(50 * 200);
    expect(shotSeed(3, { seed: null }, 2)).toBe(shotSeed(3, { seed: null }, 2));
  });
});
