import { expect, it } from 'vitest';
import { Runner } from '../gpu/runner.ts';
import { testGpu } from '../testing/device.ts';
import { expectClose } from '../testing/expectClose.ts';
import { randomFloats } from '../testing/random.ts';
import { guide } from './guidance.ts';

const gpu = await testGpu();
const runner = new Runner(gpu);

it.each([4, 64, 260, 20_004])('guides %i values by a pass of this step, then by the last', async (count) => {
  const scope = gpu.scope();
  const [first, second, unprompted] = [1, 2, 3].map((seed) => randomFloats(seed, count)) as [
    Float32Array<ArrayBuffer>,
    Float32Array<ArrayBuffer>,
    Float32Array<ArrayBuffer>,
  ];
  const v = scope.upload('v', first);
  const change = scope.upload('change', unprompted);
  const read = async (buffer: GPUBuffer) => new Float32Array(await scope.read(buffer), 0, count);
  const moved = first.map((value, i) => value - (unprompted[i] ?? 0));
  const guided = (values: Float32Array) => values.map((value, i) => value + 2.5 * (moved[i] ?? 0));

  await runner.run([await guide(scope, { v, change, count, guidance: 3.5, fresh: true })]);
  expect(await read(change)).toEqual(moved);
  expectClose(await read(v), guided(first), { relative: 0, absolute: 1e-6 });

  scope.write(v, second);
  await runner.run([await guide(scope, { v, change, count, guidance: 3.5, fresh: false })]);
  expect(await read(change)).toEqual(moved);
  expectClose(await read(v), guided(second), { relative: 0, absolute: 1e-6 });
  scope.freeAll();
});
