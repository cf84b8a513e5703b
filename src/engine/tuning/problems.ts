import { massBytes } from '../../plan/memory.ts';
import type { Dispatch, Gpu } from '../gpu/gpu.ts';
import {
  type AttentionArguments,
  type AttentionVariant,
  attention,
  attentionFamily,
  uploadSegments,
} from '../kernels/attention.ts';
import { type ConvVariant, conv, convFamily } from '../kernels/conv.ts';
import { gemm } from '../kernels/gemm.ts';
import { type GemmVariant, gemmFamily, gemmShape } from '../kernels/gemmVariants.ts';
import { layerNorm, layerNormFamily, qkNorm, qkNormFamily, rotaryTable } from '../kernels/norm.ts';
import { groupSort, route, routeFamily, type SortVariant, sortFamily } from '../kernels/route.ts';
import type { RowVariant } from '../kernels/rowVariants.ts';
import * as attentionTwin from '../reference/attention.ts';
import * as convTwin from '../reference/conv.ts';
import * as gemmTwin from '../reference/gemm.ts';
import * as normTwin from '../reference/norm.ts';
import * as routeTwin from '../reference/route.ts';
import { groupSort as referenceGroupSort } from '../reference/route.ts';
import { packMatrix, unpackMatrix } from '../weights/storedMatrix.ts';
import type { Family } from './variants.ts';

/** What a variant made of a problem, and what it should have made. */
export interface Instance {
  dispatches: readonly Dispatch[];
  output: GPUBuffer;
  /** As f32, or as u32 where `exact`. */
  expected: ArrayLike<number>;
  exact?: boolean;
}

/** A problem of one kernel and class of shapes that variants are timed on and checked with. */
export interface Problem<Name extends string = string> {
  family: Family<Name>;
  /** Class of shapes, as the kernel asks for it; empty where it has only one. */
  shape: string;
  /** A large instance to time; buffers belong to `gpu`. */
  race: (gpu: Gpu, variant: Name) => Promise<readonly Dispatch[]>;
  /** Small instances with the numbers of the CPU twin; among them some that overflow where sums are f16. */
  checks: (gpu: Gpu, variant: Name) => Promise<readonly Instance[]>;
}

/** Uniform numbers in -magnitude..magnitude, the same ones on every machine. */
function numbers(seed: number, count: number, magnitude = 1): Float32Array<ArrayBuffer> {
  let state = seed >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) * magnitude;
  });
}

/** Room for a race: what it holds does not matter. */
function room(gpu: Gpu, values: number): GPUBuffer {
  return gpu.buffer('race', 4 * values);
}

function gemmProblem(rows: number, columns: number, inner: number): Problem<GemmVariant> {
  const check = async (
    gpu: Gpu,
    variant: GemmVariant,
    magnitudes: readonly [number, number],
  ): Promise<Instance> => {
    const [m, n, k] = [rows <= 32 ? 5 : 37, 68, 96];
    const a = numbers(1, m * k, magnitudes[0]);
    const packed = packMatrix(numbers(2, n * k, magnitudes[1]), n, k, 'f16');
    const bias = numbers(3, n);
    if (magnitudes[0] > 1) a.fill(magnitudes[0]);
    const w = unpackMatrix(packed, n, k, 'f16');
    const output = room(gpu, m * n);
    const expected = new Float64Array(m * n);
    gemmTwin.gemm({ a, w, bias, y: expected, rows: m, columns: n, inner: k });
    const dispatch = await gemm(gpu, {
      a: gpu.upload('a', a),
      w: {
        format: 'f16',
        words: gpu.upload('words', packed.words),
        scales: gpu.upload('scales', packed.scales),
      },
      bias: gpu.upload('bias', bias),
      y: output,
      ...{ rows: m, columns: n, inner: k, variant },
    });
    return { dispatches: [dispatch], output, expected };
  };
  return {
    family: gemmFamily,
    shape: gemmShape(rows, columns),
    race: async (gpu, variant) => [
      await gemm(gpu, {
        a: room(gpu, rows * inner),
        w: { format: 'f16', words: room(gpu, (columns * inner) / 2), scales: room(gpu, columns) },
        bias: room(gpu, columns),
        y: room(gpu, rows * columns),
        ...{ rows, columns, inner, variant },
      }),
    ],
    // 96 products of 512 * 4 are three times what f16 holds.
    checks: async (gpu, variant) => [await check(gpu, variant, [1, 1]), await check(gpu, variant, [512, 4])],
  };
}

/** A list that every query sees, in a check: keys of its first run and of a later one. */
interface CheckedList extends Pick<AttentionArguments, 'merge' | 'laterAt'> {
  keys: number;
  later?: number;
  weight?: Float32Array<ArrayBuffer>;
}

function attentionProblem(queries: number, heads: number, headSize: number): Problem<AttentionVariant> {
  const dense = (count: number, keys: number, later = 0) => ({
    queryRows: null,
    keyRows: null,
    segments: [
      {
        queries: { start: 0, count },
        keys: [
          { start: 0, count: keys },
          { start: keys, count: later },
        ],
      },
    ],
  });
  return {
    family: attentionFamily,
    shape: '',
    race: (gpu, variant) => {
      const size = queries * heads * headSize;
      const list = uploadSegments(gpu, 'race', dense(queries, queries), queries, queries, variant);
      const [q, k, v, out] = [room(gpu, size), room(gpu, size), room(gpu, size), room(gpu, size)];
      return attention(gpu, { q, k, v, out, list, heads, headSize, variant });
    },
    checks: async (gpu, variant) => {
      const instances: Instance[] = [];
      const [count, shape] = [71, { heads: 2, headSize }];
      const size = count * 2 * headSize;
      const plain: CheckedList[] = [{ keys: count }];
      // Keys of later runs gain something, as those of other shots do in films.
      const weight = numbers(4, 2 * count).map((value, i) => (i < count ? 0.1 + Math.abs(value) : value));
      const merged: CheckedList[] = [
        { keys: 40, later: count - 40, merge: { rows: count, first: true }, laterAt: count, weight },
        { keys: 23, merge: { rows: count, first: false } },
      ];
      for (const [magnitude, lists] of [
        [2, plain],
        [2, merged],
        [40, plain],
      ] as const) {
        const [q, k, v] = [numbers(1, size, magnitude), numbers(2, size, magnitude), numbers(3, size)];
        const buffers = { q: gpu.upload('q', q), k: gpu.upload('k', k), v: gpu.upload('v', v) };
        const expected = new Float64Array(size + massBytes(count, 2) / 4);
        const output = room(gpu, expected.length);
        const dispatches: Dispatch[] = [];
        for (const { keys, later, weight: factors, ...merge } of lists) {
          const list = dense(count, keys, later);
          attentionTwin.attention({
            ...{ q, k, v, list, out: expected },
            ...shape,
            ...merge,
            ...(factors && { weight: factors }),
          });
          const uploaded = uploadSegments(gpu, 'check', list, count, count, variant);
          dispatches.push(
            ...(await attention(gpu, {
              ...buffers,
              list: uploaded,
              out: output,
              ...shape,
              ...merge,
              ...(factors && { weight: gpu.upload('weight', factors) }),
              variant,
            })),
          );
        }
        // With logits in the hundreds f16 may choose another key: there only numbers are asked for, not which.
        const loose = magnitude > 2 && attentionFamily.variants[variant].precision === 'f16';
        const compared = loose ? new Float64Array(0) : expected.subarray(0, size);
        instances.push({ dispatches, output, expected: compared });
      }
      return instances;
    },
  };
}

function convProblem(width: number, height: number, channels: number): Problem<ConvVariant> {
  return {
    family: convFamily,
    shape: '',
    race: async (gpu, variant) => [
      await conv(gpu, {
        x: room(gpu, width * height * channels),
        w: room(gpu, 9 * channels * channels),
        bias: room(gpu, channels),
        y: room(gpu, width * height * channels),
        ...{ frames: 1, height, width, inputs: channels, outputs: channels, variant },
      }),
    ],
    checks: async (gpu, variant) => {
      const shape = { frames: 1, height: 7, width: 11, inputs: 24, outputs: 36, sources: 2 as const };
      const x = numbers(1, 2 * 77 * 24);
      const w = numbers(2, 36 * 2 * 9 * 24);
      const bias = numbers(3, 36);
      const expected = new Float64Array(77 * 36);
      convTwin.conv({ x, w, bias, y: expected, ...shape });
      const output = room(gpu, 77 * 36);
      const operands = { x: gpu.upload('x', x), w: gpu.upload('w', w), bias: gpu.upload('bias', bias) };
      return [
        { dispatches: [await conv(gpu, { ...operands, y: output, ...shape, variant })], output, expected },
      ];
    },
  };
}

function layerNormProblem(rows: number, width: number): Problem<RowVariant> {
  const settings = { modulated: true, eps: 1e-6 };
  return {
    family: layerNormFamily,
    shape: '',
    race: async (gpu, variant) => {
      const [x, scale, shift, y] = [
        room(gpu, rows * width),
        room(gpu, width),
        room(gpu, width),
        room(gpu, rows * width),
      ];
      return [await layerNorm(gpu, { x, scale, shift, y, rows, width, ...settings, variant })];
    },
    checks: async (gpu, variant) => {
      const size = { rows: 19, width: 132 };
      const x = numbers(1, 19 * 132, 3);
      const [scale, shift] = [numbers(2, 132), numbers(3, 132)];
      const expected = new Float64Array(19 * 132);
      normTwin.layerNorm({ x, scale, shift, y: expected, ...size, ...settings });
      const output = room(gpu, 19 * 132);
      const operands = {
        x: gpu.upload('x', x),
        scale: gpu.upload('scale', scale),
        shift: gpu.upload('shift', shift),
      };
      const dispatch = await layerNorm(gpu, { ...operands, y: output, ...size, ...settings, variant });
      return [{ dispatches: [dispatch], output, expected }];
    },
  };
}

function qkNormProblem(rows: number, heads: number, headSize: number): Problem<RowVariant> {
  const grid = { frames: 4, rows: 3, columns: 5 };
  return {
    family: qkNormFamily,
    shape: '',
    race: async (gpu, variant) => {
      const x = room(gpu, rows * heads * headSize);
      const weight = room(gpu, heads * headSize);
      return [await qkNorm(gpu, { x, weight, rows, heads, headSize, eps: 1e-6, variant })];
    },
    checks: async (gpu, variant) => {
      const settings = { rows: 60, heads: 3, headSize: 16, eps: 1e-6 };
      const x = numbers(1, 60 * 48, 3);
      const weight = numbers(2, 48);
      const expected = Float64Array.from(x);
      normTwin.qkNorm({ x: expected, weight, ...settings, rope: { grid, firstRow: 0 } });
      const output = gpu.upload('x', x);
      const table = gpu.upload('rotations', rotaryTable(grid, 16));
      const dispatch = await qkNorm(gpu, {
        x: output,
        weight: gpu.upload('weight', weight),
        ...settings,
        rope: { table, grid, firstRow: 0 },
        variant,
      });
      return [{ dispatches: [dispatch], output, expected }];
    },
  };
}

function routeProblem(rows: number, width: number, groups: number): Problem<RowVariant> {
  return {
    family: routeFamily,
    shape: '',
    race: async (gpu, variant) => {
      const [x, router] = [room(gpu, rows * width), room(gpu, groups * width)];
      const [group, weight] = [room(gpu, rows), room(gpu, rows)];
      return [await route(gpu, { x, router, group, weight, rows, width, groups, variant })];
    },
    checks: async (gpu, variant) => {
      const size = { rows: 45, width: 132, groups };
      const x = numbers(1, 45 * 132, 2);
      const router = numbers(2, groups * 132);
      const group = new Uint32Array(45);
      const weight = new Float64Array(45);
      routeTwin.route({ x, router, group, weight, ...size });
      const outputs = { group: room(gpu, 45), weight: room(gpu, 45) };
      const operands = { x: gpu.upload('x', x), router: gpu.upload('router', router) };
      const dispatches = [await route(gpu, { ...operands, ...outputs, ...size, variant })];
      return [
        { dispatches, output: outputs.group, expected: group, exact: true },
        { dispatches, output: outputs.weight, expected: weight },
      ];
    },
  };
}

function sortProblem(rows: number, groups: number): Problem<SortVariant> {
  return {
    family: sortFamily,
    shape: '',
    race: async (gpu, variant) => {
      const spans = [{ start: 0, count: rows }];
      const sort = await groupSort(gpu, room(gpu, rows), spans, groups, { sort: variant });
      return sort.dispatches;
    },
    checks: async (gpu, variant) => {
      const group = Uint32Array.from(numbers(1, 331), (value) => Math.abs(value) * groups);
      const spans = [
        { start: 0, count: 130 },
        { start: 130, count: 201 },
      ];
      const sorted = gpu.upload('group', group);
      const { dispatches, list } = await groupSort(gpu, sorted, spans, groups, { sort: variant });
      const expected = referenceGroupSort(group, groups).queryRows ?? [];
      return [{ dispatches, output: list.queryRows, expected, exact: true }];
    },
  };
}

/** The problems of an adapter: large enough to tell variants apart on a GPU, small enough for a CPU. */
export function problemsFor(software: boolean): readonly Problem[] {
  const scale = software ? 1 : 8;
  const tokens = 256 * scale;
  // A CPU compiles for seconds: there the checks take the pipelines that films of the built-in model need as well.
  const groups = software ? 4 : 8;
  return [
    anyVariant(gemmProblem(tokens, 256 * (software ? 1 : 6), 256 * (software ? 1 : 6))),
    anyVariant(gemmProblem(16, 256 * scale, 256)),
    anyVariant(gemmProblem(tokens, 64, 256 * (software ? 1 : 6))),
    anyVariant(attentionProblem(tokens, 4, software ? 64 : 128)),
    anyVariant(convProblem(20 * scale, 12 * scale, 64)),
    anyVariant(layerNormProblem(tokens, 1024)),
    anyVariant(qkNormProblem(tokens, 8, 128)),
    anyVariant(routeProblem(tokens, 1024, groups)),
    anyVariant(sortProblem(64 * tokens, groups)),
  ];
}

/** The same problem, asked for variants by names that are only known at run time. */
function anyVariant<Name extends string>(problem: Problem<Name>): Problem {
  const { family, shape } = problem;
  const known = (name: string): Name => {
    for (const candidate of Object.keys(family.variants) as Name[]) if (candidate === name) return candidate;
    throw new Error(`${family.kernel} has no variant "${name}"`);
  };
  return {
    family: { ...family, fallback: (features) => family.fallback(features) },
    shape,
    race: (gpu, variant) => problem.race(gpu, known(variant)),
    checks: (gpu, variant) => problem.checks(gpu, known(variant)),
  };
}
