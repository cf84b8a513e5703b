import { describe, expect, it } from 'vitest';
import { denormalize, depthToSpace, framesRgba } from './elementwise.ts';

describe('denormalize', () => {
  it('scales by channel and bends towards 6', () => {
    const y = new Float64Array(4);
    const channels = { mean: new Float64Array([0, 1]), deviation: new Float64Array([2, 3]) };
    denormalize({ x: new Float64Array([0, 0, 3, 1e6]), ...channels, y, cells: 2, channels: 2 });
    const expected = [0, 6 * Math.tanh(1 / 6), 6 * Math.tanh(1), 6];
    for (const [i, value] of expected.entries()) expect(y[i]).toBeCloseTo(value, 12);
  });
});

describe('depthToSpace', () => {
  it('spreads blocks over the lines of two cells', () => {
    const y = new Float64Array(8);
    const shape = { frames: 1, height: 1, width: 2, channels: 1, time: 1, space: 2 };
    depthToSpace({ x: new Float64Array([0, 1, 2, 3, 4, 5, 6, 7]), y, ...shape });
    expect([...y]).toEqual([0, 1, 4, 5, 2, 3, 6, 7]);
  });

  it('spreads blocks over time, keeping the channels of a pixel together', () => {
    const y = new Float64Array(8);
    const shape = { frames: 1, height: 1, width: 2, channels: 2, time: 2, space: 1 };
    depthToSpace({ x: new Float64Array([0, 1, 2, 3, 4, 5, 6, 7]), y, ...shape });
    expect([...y]).toEqual([0, 1, 4, 5, 2, 3, 6, 7]);
  });
});

describe('framesRgba', () => {
  it('rounds to 8 bits and puts red into the low byte', () => {
    const rgba = new Uint32Array(2);
    const x = new Float64Array([-1, 0, 1, -3, 3, -0.5]);
    framesRgba({ x, rgba, frames: 1, height: 1, width: 2, space: 1 });
    // (-0.5 + 1) * 127.5 = 63.75 rounds to 0x40.
    expect([...rgba]).toEqual([0xffff8000, 0xff40ff00]);
  });

  it('shuffles (colour, dy, dx) into pixels', () => {
    const rgba = new Uint32Array(4);
    const levels = [1, 2, 3, 4, 11, 12, 13, 14, 21, 22, 23, 24];
    const x = new Float64Array(levels.map((level) => level / 127.5 - 1));
    framesRgba({ x, rgba, frames: 1, height: 1, width: 1, space: 2 });
    expect([...rgba]).toEqual([0xff150b01, 0xff160c02, 0xff170d03, 0xff180e04]);
  });
});
