import { layerNorm, layerNormFamily, qkNorm, qkNormFamily, rotaryTable } from '../../kernels/norm.ts';
import type { RowVariant } from '../../kernels/rowVariants.ts';
import * as normTwin from '../../reference/norm.ts';
import { numbers, room } from './operands.ts';
import type { Problem } from './problem.ts';

export function layerNormProblem(rows: number, width: number): Problem<RowVariant> {
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

export function qkNormProblem(rows: number, heads: number, headSize: number): Problem<RowVariant> {
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
