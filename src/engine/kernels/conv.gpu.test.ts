import { expect, it } from 'vitest';
import * as reference from '../reference/conv.ts';
import { describeFamily, Output, run, testGpu } from '../testing/device.ts';
import { expectClose, halfTolerance, sumTolerance } from '../testing/expectClose.ts';
import { randomFloats } from '../testing/random.ts';
import { type ConvEpilogue, conv, convFamily } from './conv.ts';

const gpu = await testGpu();

interface Shape {
  frames: number;
  height: number;
  width: number;
  inputs: number;
  outputs: number;
}

/** Around the tiles: 24 or 32 pixels, 32 outputs, slabs of 16 inputs; tiles that cross rows and frames. */
const shapes: readonly Shape[] = [
  { frames: 1, height: 1, width: 1, inputs: 4, outputs: 1 },
  { frames: 1, height: 1, width: 33, inputs: 4, outputs: 3 },
  { frames: 1, height: 23, width: 1, inputs: 8, outputs: 31 },
  { frames: 1, height: 4, width: 6, inputs: 4, outputs: 2 },
  { frames: 1, height: 5, width: 5, inputs: 8, outputs: 7 },
  { frames: 1, height: 31, width: 1, inputs: 8, outputs: 5 },
  { frames: 2, height: 4, width: 4, inputs: 16, outputs: 32 },
  { frames: 3, height: 3, width: 7, inputs: 20, outputs: 33 },
  { frames: 2, height: 5, width: 13, inputs: 12, outputs: 48 },
  { frames: 1, height: 9, width: 15, inputs: 36, outputs: 68 },
  { frames: 0, height: 3, width: 3, inputs: 4, outputs: 4 },
];

describeFamily(gpu, convFamily, (variant, precision) => {
  async function check(shape: Shape, sources: 1 | 2, epilogue: ConvEpilogue): Promise<void> {
    const { frames, height, width, inputs, outputs } = shape;
    const x = randomFloats(1, (frames + sources - 1) * height * width * inputs);
    const w = randomFloats(2, outputs * sources * 9 * inputs);
    const bias = randomFloats(3, outputs);
    const count = frames * height * width * outputs;
    const before = epilogue === 'add' ? randomFloats(4, count) : new Float32Array(count).fill(Number.NaN);

    const output = new Output(gpu, before);
    const dispatch = await conv(gpu, {
      x: gpu.upload('x', x),
      w: gpu.upload('w', w),
      bias: gpu.upload('bias', bias),
      y: output.buffer,
      ...shape,
      sources,
      epilogue,
      variant,
    });
    run(gpu, [dispatch]);

    const y = Float64Array.from(before);
    reference.conv({ x, w, bias, y, ...shape, sources, epilogue });
    const tolerance = precision === 'f16' ? halfTolerance() : sumTolerance(9 * sources * inputs);
    expectClose(await output.floats(), y, tolerance);
  }

  it.each(shapes)(
    'filters $frames x $height x $width pixels, $inputs to $outputs channels',
    async (shape) => {
      await check(shape, 1, 'none');
    },
  );

  it.each(shapes)(
    'looks back one frame over $frames x $height x $width pixels, $inputs to $outputs channels',
    async (shape) => {
      await check(shape, 2, 'none');
    },
  );

  it.each(['relu', 'add'] as const)('ends with %s', async (epilogue) => {
    const shape = { frames: 2, height: 5, width: 9, inputs: 8, outputs: 35 };
    await check(shape, 1, epilogue);
    await check(shape, 2, epilogue);
  });

  it('refuses input channels that are no multiple of 4', async () => {
    const { buffer } = Output.unwritten(gpu, 4);
    const shape = { frames: 1, height: 1, width: 1, inputs: 3, outputs: 1 };
    await expect(
      conv(gpu, { x: buffer, w: buffer, bias: buffer, y: buffer, ...shape, variant }),
    ).rejects.toThrow(/multiple of 4/);
  });
});
