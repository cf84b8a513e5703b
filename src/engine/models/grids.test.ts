import { describe, expect, it } from 'vitest';
import { gridFeatures, subjectPoints } from '../../plan/detail.ts';
import type { Placed } from '../bearings.ts';
import { randomFloats } from '../testing/random.ts';
import { applied, FrameGrids, type Grids } from './grids.ts';

const rows = 19;
const columns = 43;
const nodes = 40;
const sceneries = 4;

/** A layer whose grids hold their own number, or how far right or down a node is. */
function layer(features: number, said: number[], hold: 'number' | 'column' | 'row', perValue = sceneries) {
  const of = { number: said.length * perValue, rows, columns };
  const values = Float32Array.from({ length: of.number * features * rows * columns }, (_, i) => {
    const column = i % columns;
    const row = Math.floor(i / columns) % rows;
    const grid = Math.floor(i / (features * rows * columns));
    return { number: grid, column, row }[hold];
  });
  return { values, features, rows, columns, said };
}

const told = 5 + 15;
const still = { weight: new Float32Array(9 * 48), bias: new Float32Array(9) };
const grids: Grids = {
  layers: [
    layer(gridFeatures.far, [0, 1, 2], 'column'),
    layer(gridFeatures.near, [0, 1, 2], 'row'),
    layer(gridFeatures.sky, [3, 4], 'number'),
  ],
  subject: {
    values: Float32Array.from(
      { length: 2 * subjectPoints.features * nodes * nodes },
      (_, i) => 1 + (i % nodes) / 100,
    ),
    features: subjectPoints.features,
    rows: nodes,
    columns: nodes,
    said: [1, 2],
  },
  lying: [{ weight: randomFloats(1, 48 * told), bias: new Float32Array(48) }, still],
  follow: new Float32Array([2, 4, 0]),
};
const widths = Object.values(gridFeatures);

/** The first feature of each layer at the first cell, and of the subject at the first point. */
function firstOf(found: readonly number[]): (number | undefined)[] {
  let start = 0;
  const ofLayers = widths.map((width) => {
    const value = found[start];
    start += width;
    return value;
  });
  return [...ofLayers, found[start]];
}

function place(over: Partial<Placed> = {}): Placed {
  const middle = [[0, 0]] as const;
  const ofFrame = [1 / 6, 10 / 6, 1, 0, 0, 0, 0, 0];
  return {
    cells: middle,
    fromSubject: [0, 0],
    half: [0, 0],
    moved: [0, 0, 0],
    scenery: [0, 0, 1, 0],
    ofFrame,
    ...over,
  };
}

describe('grids of a frame', () => {
  const said = Float32Array.of(0, 1, 0, 0.25, 0.75);

  it('are chosen by what is said and by the scenery, and mixed where it is in doubt', () => {
    const found = new FrameGrids(grids, said, place()).at(place());
    expect(found).toHaveLength(widths.reduce((a, b) => a + b, 0) + 36 * subjectPoints.features);
    // The third scenery of the two hours of the day: grids 2 and 6.
    expect(firstOf(found)[2]).toBeCloseTo(0.25 * 2 + 0.75 * 6, 5);
  });

  it('are looked up between their nodes, the middle of the picture being that of a layer', () => {
    const frame = new FrameGrids(grids, said, place());
    const at = (x: number, y: number) => firstOf(frame.at(place({ cells: [[x, y]] }))).slice(0, 2);
    expect(at(0, 0)).toEqual([expect.closeTo(21, 4), expect.closeTo(9, 4)]);
    // Twelve nodes to a height.
    expect(at(0.125, -0.0625)).toEqual([expect.closeTo(22.5, 4), expect.closeTo(8.25, 4)]);
    expect(at(-9, 9)).toEqual([expect.closeTo(0, 4), expect.closeTo(18, 4)]);
  });

  it('go with the camera, what is near more than what is far', () => {
    const moved = place({ moved: [0.3, 0.1, 0] });
    const [far, near] = firstOf(new FrameGrids(grids, said, moved).at(moved));
    // 0.03 widths to the right, twice as far; the node that lay to the left is seen.
    expect(far).toBeCloseTo(21 - 12 * 2 * 0.03 * (10 / 6), 4);
    expect(near).toBeCloseTo(9 - 12 * 4 * 0.01, 4);
  });

  it('of subjects end with the mark', () => {
    const frame = new FrameGrids(grids, said, place());
    const at = (u: number, v: number) => firstOf(frame.at(place({ fromSubject: [u, v] })))[3];
    expect(at(0, 0)).toBeCloseTo(1.195, 5);
    expect(at(2.49, -2.49)).toBeGreaterThan(1.38);
    expect(at(6, 6)).toBe(0);
    // Half a node beyond the edge.
    expect(at(2.5 + 2.5 / 39, 0)).toBeCloseTo(1.39 / 2, 4);
    const nobody = new FrameGrids(grids, Float32Array.of(0, 0, 0, 1, 0), place());
    expect(firstOf(nobody.at(place()))[3]).toBe(0);
  });

  it('of subjects are looked up at points over the token, the other way round where they go to the left', () => {
    const column = (over: Partial<Placed>) => {
      const found = new FrameGrids(grids, said, place()).at(place({ half: [0.5, 0.25], ...over }));
      const start = widths.reduce((a, b) => a + b, 0);
      return Array.from({ length: 6 }, (_, i) => found[start + i * subjectPoints.features]);
    };
    const nodesTo = (u: number) => expect.closeTo(1 + ((u / 2.5 + 1) / 2) * 0.39, 5);
    const along = [-1, -0.6, -0.2, 0.2, 0.6, 1].map((side) => 0.75 + 0.52 * side);
    expect(column({ fromSubject: [0.75, 0] })).toEqual(along.map(nodesTo));
    const left = { fromSubject: [0.75, 0] as const, ofFrame: [1 / 6, 10 / 6, 1, 0, 0, 0, 0, -0.6] };
    expect(column(left)).toEqual(along.map((u) => nodesTo(-u)));
  });
});

it('applies a layer to one row', () => {
  const y = applied({ weight: Float32Array.of(1, 2, 3, 4), bias: Float32Array.of(10, 20) }, [5, 6]);
  expect(y).toEqual([10 + 17, 20 + 39]);
});
