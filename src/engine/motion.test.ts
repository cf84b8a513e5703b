import { expect, it } from 'vitest';
import { cameFrom, sourcesOf } from './motion.ts';

/** Of every frame. */
function rowsOf(sources: Int32Array, cells: number): number[][] {
  return Array.from({ length: sources.length / cells }, (_, frame) => [
    ...sources.subarray(frame * cells, (frame + 1) * cells),
  ]);
}

// The numbers are those of training/tests/test_camera.py: training and engine must move noise alike.
it.each([
  [
    'stand still',
    3,
    4,
    0,
    0,
    [
      [-1, -1, -1, -1],
      [0, 1, 2, 3],
      [0, 1, 2, 3],
    ],
  ],
  [
    'move by half a cell',
    4,
    4,
    0.5,
    0,
    [
      [-1, -1, -1, -1],
      [0, 1, 2, 3],
      [-1, 0, 1, 2],
      [0, 1, 2, 3],
    ],
  ],
  [
    'move to the left',
    2,
    3,
    -1,
    0,
    [
      [-1, -1, -1],
      [1, 2, -1],
    ],
  ],
  [
    'grow',
    2,
    6,
    0,
    Math.log(2),
    [
      [-1, -1, -1, -1, -1, -1],
      [1, 2, -1, 3, -1, 4],
    ],
  ],
  [
    'shrink',
    2,
    6,
    0,
    -Math.log(2),
    [
      [-1, -1, -1, -1, -1, -1],
      [-1, 0, 2, 4, -1, -1],
    ],
  ],
  ['are none', 2, 0, 1, 1, []],
])('knows where cells come from that %s', (_, frames, cells, slide, growth, expected) => {
  const sources = cameFrom(frames, cells, slide, growth);
  expect(cells === 0 ? [] : rowsOf(sources, cells)).toEqual(expected);
});

it('gives no cell two sources and no source two cells', () => {
  for (const growth of [-0.21, -0.05, 0, 0.05, 0.21]) {
    for (const sources of rowsOf(cameFrom(12, 31, 0.37, growth), 31)) {
      const known = sources.filter((source) => source >= 0);
      expect(new Set(known).size).toBe(known.length);
    }
  }
});

it('moves columns by widths and rows by heights', () => {
  const { columns, rows } = sourcesOf({ right: 0.25, down: -0.5, nearer: 0 }, 2, { width: 8, height: 4 });
  expect(rowsOf(columns, 8)[1]).toEqual([-1, -1, 0, 1, 2, 3, 4, 5]);
  expect(rowsOf(rows, 4)[1]).toEqual([2, 3, -1, -1]);
});
