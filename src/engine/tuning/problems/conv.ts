import { type ConvVariant, conv, convFamily } from '../../kernels/conv.ts';
import * as convTwin from '../../reference/conv.ts';
import { numbers, room } from './operands.ts';
import type { Problem } from './problem.ts';

export function convProblem(width: number, height: number, channels: number): Problem<ConvVariant> {
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
