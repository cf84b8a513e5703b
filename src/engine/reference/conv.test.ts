import { describe, expect, it } from 'vitest';
import { conv } from './conv.ts';

const frame = [1, 2, 3, 4, 5, 6];
const shape = { frames: 1, height: 2, width: 3, inputs: 1, outputs: 1 };
const bias = new Float64Array([0.5]);

/** A kernel of 9 taps a source with a one at `tap`. */
function oneAt(tap: number, sources = 1): Float64Array {
  return Float64Array.from({ length: 9 * sources }, (_, i) => Number(i === tap));
}

describe('conv', () => {
  it('looks up and left with its first tap, at zeros past the border', () => {
    const y = new Float64Array(6);
    conv({ x: new Float64Array(frame), w: oneAt(0), bias, y, ...shape });
    expect([...y]).toEqual([0.5, 0.5, 0.5, 0.5, 1.5, 2.5]);
  });

  it('takes the frame itself as source 0 and the one before as source 1', () => {
    const x = new Float64Array([...frame, 10, 20, 30, 40, 50, 60]);
    const y = new Float64Array(6);
    conv({ x, w: oneAt(4, 2), bias, y, ...shape, sources: 2 });
    expect([...y]).toEqual([10.5, 20.5, 30.5, 40.5, 50.5, 60.5]);
    conv({ x, w: oneAt(9 + 4, 2), bias, y, ...shape, sources: 2 });
    expect([...y]).toEqual([1.5, 2.5, 3.5, 4.5, 5.5, 6.5]);
  });

  it('ends with ReLU or adds to the output', () => {
    const x = new Float64Array(frame.map((value) => value - 4));
    const y = new Float64Array(6).fill(100);
    conv({ x, w: oneAt(4), bias, y, ...shape, epilogue: 'add' });
    expect([...y]).toEqual([97.5, 98.5, 99.5, 100.5, 101.5, 102.5]);
    conv({ x, w: oneAt(4), bias, y, ...shape, epilogue: 'relu' });
    expect([...y]).toEqual([0, 0, 0, 0.5, 1.5, 2.5]);
  });

  it('sums over input channels', () => {
    const y = new Float64Array(2);
    const w = new Float64Array(2 * 9 * 2);
    w.set([1, 10], 4 * 2);
    w.set([-1, 100], (9 + 4) * 2);
    const one = { frames: 1, height: 1, width: 1, inputs: 2, outputs: 2 };
    conv({ x: new Float64Array([2, 3]), w, bias: new Float64Array(2), y, ...one });
    expect([...y]).toEqual([32, 298]);
  });
});
