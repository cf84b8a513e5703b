import type { ModelConfig } from '../../model/config.ts';
import { gridFeatures, subjectPoints } from '../../plan/detail.ts';
import type { Placed } from '../bearings.ts';
import type { TensorSource } from '../weights/tensorSource.ts';

/** Heights of the picture from its middle to the edges of the layers' grids, nodes in a height, and radii of a mark. */
const reach = { across: 1.75, down: 0.75 };
const nodesInHeight = 12;
const radii = 2.5;
const subjectNodes = 40;
/** Halves of a token from its middle to the outermost of the points where subjects are looked up. */
const beyond = 1.04;
/** Of what tokens are told of the way subjects go; grids have them as they go to the right. */
const toTheLeft = -0.3;
const sceneries = 4;
/** Width of the network that says how layers lie, and what it is told of a frame beside what is said. */
const lyingWidth = 48;
export const frameFacts = 15;
const layerNames = ['far', 'near', 'sky'] as const;

/** A dense layer on the host: weight [columns, inner], bias [columns]. */
export interface HostLinear {
  weight: Float32Array;
  bias: Float32Array;
}

/** Grids of one layer of scenery or of subjects [grids, features, rows, columns]. */
interface Layer {
  values: Float32Array;
  features: number;
  rows: number;
  columns: number;
  /** Which values of what is said choose among them. */
  said: readonly number[];
}

/**
 * What a sketch has learnt by heart: grids of features for every scenery and every kind of subject (as in Mueller et al.
 * 2022, "Instant neural graphics primitives"), and how scenery lies under the camera.
 */
export interface Grids {
  layers: readonly Layer[];
  subject: Layer;
  lying: readonly [HostLinear, HostLinear];
  /** How far each layer goes with the camera. */
  follow: Float32Array;
}

/** Reads a dense layer onto the host. */
export async function hostLinear(
  file: TensorSource,
  name: string,
  columns: number,
  inner: number,
): Promise<HostLinear> {
  return {
    weight: await file.floats(`${name}.weight`, [columns, inner]),
    bias: await file.floats(`${name}.bias`, [columns]),
  };
}

/** @param said Values of what prompts say. */
export async function loadGrids(
  file: TensorSource,
  { kinds, places, times }: NonNullable<ModelConfig['dit']['sketch_grids']>,
  said: number,
): Promise<Grids> {
  const rows = 2 * reach.down * nodesInHeight + 1;
  const columns = 2 * reach.across * nodesInHeight + 1;
  const chosenBy = { far: places, near: places, sky: times };
  const layers: Layer[] = [];
  for (const name of layerNames) {
    const features = gridFeatures[name];
    const shape = [chosenBy[name].length * sceneries, features, rows, columns];
    const values = await file.floats(`sketch.grids.layers.${name}`, shape);
    layers.push({ values, features, rows, columns, said: chosenBy[name] });
  }
  const { features } = subjectPoints;
  const nodes = subjectNodes;
  const values = await file.floats('sketch.grids.subject', [kinds.length, features, nodes, nodes]);
  return {
    layers,
    subject: { values, features, rows: nodes, columns: nodes, said: kinds },
    lying: [
      await hostLinear(file, 'sketch.grids.lying_in', lyingWidth, said + frameFacts),
      await hostLinear(file, 'sketch.grids.lying_out', 3 * layers.length, lyingWidth),
    ],
    follow: await file.floats('sketch.grids.follow', [layers.length]),
  };
}

/** What all tokens of a frame are told alike. */
export function factsOfFrame({ ofFrame, moved, scenery }: Placed): number[] {
  return [...ofFrame, ...moved, ...scenery];
}

/** y = weight * x + bias */
export function applied({ weight, bias }: HostLinear, x: readonly number[]): number[] {
  return Array.from(bias, (offset, row) =>
    x.reduce((sum, value, i) => sum + value * (weight[row * x.length + i] ?? 0), offset),
  );
}

/** The grids of a frame, mixed by what its shot's prompt says, in which places are looked up. */
export class FrameGrids {
  readonly #mixed: readonly Float32Array[];
  readonly #lies: readonly (readonly number[])[];
  readonly #grids: Grids;

  /** @param place Of any token of the frame. */
  constructor(grids: Grids, said: Float32Array, place: Placed) {
    this.#grids = grids;
    this.#lies = lieOf(grids, said, place);
    const chosen = (columns: readonly number[]): number[] => columns.map((column) => said[column] ?? 0);
    this.#mixed = [
      ...grids.layers.map((layer) =>
        mixed(
          layer,
          chosen(layer.said).flatMap((weight) => place.scenery.map((which) => weight * which)),
        ),
      ),
      mixed(grids.subject, chosen(grids.subject.said)),
    ];
  }

  /** What is found at the cells of a token, cell by cell, of the layers, then at its points, row by row, of the subject. */
  at(place: Placed): number[] {
    const { layers, subject } = this.#grids;
    const ofLayers = place.cells.flatMap(([across, down]) =>
      layers.flatMap((layer, i) => {
        const [right = 0, falls = 0, larger = 0] = this.#lies[i] ?? [];
        const x = (across * Math.exp(larger) + right) / reach.across;
        const y = (down * Math.exp(larger) + falls) / reach.down;
        return lookedUp(this.#mixed[i], layer, x, y, 'border');
      }),
    );
    const grid = this.#mixed.at(-1);
    const ofSubject = pointsOf(place).flatMap(([u, v]) =>
      lookedUp(grid, subject, u / radii, v / radii, 'zeros'),
    );
    return [...ofLayers, ...ofSubject];
  }
}

/** Where the points of a token are in subjects' grids, in radii from the middle. */
function pointsOf({ fromSubject: [u, v], half, ofFrame }: Placed): [u: number, v: number][] {
  const way = (ofFrame.at(-1) ?? 0) < toTheLeft ? -1 : 1;
  const along = Array.from(
    { length: subjectPoints.side },
    (_, i) => beyond * ((2 * i) / (subjectPoints.side - 1) - 1),
  );
  return along.flatMap((down) =>
    along.map((across): [number, number] => [way * (u + across * half[0]), v + down * half[1]]),
  );
}

/** How layers lie in a frame: to the right and down in heights of the picture, and the logarithm of their size. */
function lieOf({ layers, lying, follow }: Grids, said: Float32Array, place: Placed): number[][] {
  const hidden = applied(lying[0], [...said, ...factsOfFrame(place)]).map(gelu);
  const learnt = applied(lying[1], hidden);
  const [right = 0, down = 0, nearer = 0] = place.moved.map((value) => value / 10);
  const moved = [right * (place.ofFrame[1] ?? 1), down, nearer];
  return layers.map((_, i) =>
    moved.map((value, axis) => (learnt[3 * i + axis] ?? 0) - (follow[i] ?? 0) * value),
  );
}

/** The weighted sum of a layer's grids [features, rows, columns]. */
function mixed({ values, features, rows, columns }: Layer, weights: readonly number[]): Float32Array {
  const size = features * rows * columns;
  const sum = new Float32Array(size);
  for (const [grid, weight] of weights.entries()) {
    // Most of what is not said has hardly a part in it.
    if (weight < 1e-6) continue;
    const own = values.subarray(grid * size, (grid + 1) * size);
    for (let i = 0; i < size; i++) sum[i] = (sum[i] ?? 0) + weight * (own[i] ?? 0);
  }
  return sum;
}

/** Features at a place from -1 to 1 along each axis, bilinearly; beyond, what is at the border, or zeros. */
function lookedUp(
  grid: Float32Array | undefined,
  { features, rows, columns }: Layer,
  x: number,
  y: number,
  beyond: 'border' | 'zeros',
): number[] {
  let column = ((x + 1) / 2) * (columns - 1);
  let row = ((y + 1) / 2) * (rows - 1);
  if (beyond === 'border') {
    column = Math.max(0, Math.min(columns - 1, column));
    row = Math.max(0, Math.min(rows - 1, row));
  }
  const left = Math.floor(column);
  const top = Math.floor(row);
  const rest = { x: column - left, y: row - top };
  const node = (feature: number, r: number, c: number): number =>
    r < 0 || c < 0 || r >= rows || c >= columns ? 0 : (grid?.[(feature * rows + r) * columns + c] ?? 0);
  return Array.from({ length: features }, (_, feature) => {
    const above = (1 - rest.x) * node(feature, top, left) + rest.x * node(feature, top, left + 1);
    const below = (1 - rest.x) * node(feature, top + 1, left) + rest.x * node(feature, top + 1, left + 1);
    return (1 - rest.y) * above + rest.y * below;
  });
}

/** In its tanh form. */
function gelu(x: number): number {
  return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}
