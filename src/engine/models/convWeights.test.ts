import { describe, expect, it } from 'vitest';
import { conv } from '../reference/conv.ts';
import { depthToSpace } from '../reference/elementwise.ts';
import { expectClose, sumTolerance } from '../testing/expectClose.ts';
import { randomFloats } from '../testing/random.ts';
import { doublingTaps, frameTaps } from './convWeights.ts';

describe('frameTaps', () => {
  it('takes the taps of one frame, channels last', () => {
    const shape = { outputs: 2, inputs: 3, frames: 3 };
    const weight = Float32Array.from({ length: 2 * 3 * 3 * 9 }, (_, i) => i);
    const taps = frameTaps(weight, shape, 1);
    expect(taps).toHaveLength(2 * 9 * 3);
    const at = (output: number, tap: number, input: number) => taps[(output * 9 + tap) * 3 + input];
    expect(at(0, 0, 0)).toBe(9);
    expect(at(0, 4, 0)).toBe(13);
    expect(at(0, 4, 2)).toBe(2 * 27 + 13);
    expect(at(1, 8, 1)).toBe((3 + 1) * 27 + 9 + 8);
  });
});

describe('doublingTaps', () => {
  it.each([
    [1, 1],
    [2, 3],
    [5, 1],
  ])('filters a picture of %i x %i as if its pixels had been repeated first', (height, width) => {
    const [inputs, outputs] = [4, 4];
    const weight = randomFloats(1, outputs * inputs * 9);
    const x = randomFloats(2, height * width * inputs);
    const bias = randomFloats(3, outputs);

    const repeated = new Float32Array(4 * x.length);
    for (let row = 0; row < 2 * height; row++) {
      for (let column = 0; column < 2 * width; column++) {
        const from = ((row >> 1) * width + (column >> 1)) * inputs;
        repeated.set(x.subarray(from, from + inputs), (row * 2 * width + column) * inputs);
      }
    }
    const expected = new Float64Array(4 * height * width * outputs);
    conv({
      x: repeated,
      w: frameTaps(weight, { outputs, inputs, frames: 1 }, 0),
      bias,
      y: expected,
      ...{ frames: 1, height: 2 * height, width: 2 * width, inputs, outputs },
    });

    const spread = new Float64Array(4 * height * width * outputs);
    conv({
      x,
      w: doublingTaps(weight, outputs, inputs),
      bias: Float32Array.from({ length: 4 * outputs }, (_, i) => bias[i % outputs] ?? 0),
      y: spread,
      ...{ frames: 1, height, width, inputs, outputs: 4 * outputs },
    });
    const y = new Float64Array(spread.length);
    depthToSpace({ x: spread, y, frames: 1, height, width, channels: outputs, time: 1, space: 2 });
    expectClose(y, expected, sumTolerance(9 * inputs));
  });
});
