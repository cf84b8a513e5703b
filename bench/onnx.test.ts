// The graphs are run by onnxruntime-web on the processor, which reads the bytes with the official parser.
import * as ort from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import { encodeOnnx, type OnnxGraph } from './onnx.ts';

async function compute(
  graph: OnnxGraph,
  inputs: Readonly<Record<string, ort.Tensor>>,
): Promise<{ shape: readonly number[]; values: number[] }> {
  const session = await ort.InferenceSession.create(encodeOnnx(graph), { executionProviders: ['wasm'] });
  const output = (await session.run(inputs))[graph.output.name];
  if (output === undefined) throw new Error('the session gives no output');
  return { shape: output.dims, values: Array.from(output.data, Number) };
}

describe('encodeOnnx', () => {
  it('writes a product with a constant matrix', async () => {
    const graph: OnnxGraph = {
      nodes: [{ operator: 'MatMul', inputs: ['a', 'b'], outputs: ['y'] }],
      constants: [{ name: 'b', shape: [3, 2], values: new Float32Array([1, 2, 3, 4, 5, 6]) }],
      inputs: [{ name: 'a', shape: [2, 3] }],
      output: { name: 'y', shape: [2, 2] },
    };
    const a = new ort.Tensor('float32', [1, 0, 0, 1, 1, 1], [2, 3]);
    expect(await compute(graph, { a })).toEqual({ shape: [2, 2], values: [1, 2, 9, 12] });
  });

  it('writes integer attributes', async () => {
    const graph: OnnxGraph = {
      nodes: [
        { operator: 'Gemm', inputs: ['a', 'w', 'c'], outputs: ['y'], attributes: { transB: { int: 1 } } },
      ],
      constants: [
        { name: 'w', shape: [2, 3], values: new Float32Array([1, 2, 3, 4, 5, 6]) },
        { name: 'c', shape: [2], values: new Float32Array([100, 200]) },
      ],
      inputs: [{ name: 'a', shape: [1, 3] }],
      output: { name: 'y', shape: [1, 2] },
    };
    const a = new ort.Tensor('float32', [1, 10, 100], [1, 3]);
    expect(await compute(graph, { a })).toEqual({ shape: [1, 2], values: [421, 854] });
  });

  it('writes lists of integers as attributes', async () => {
    const graph: OnnxGraph = {
      nodes: [
        {
          operator: 'Transpose',
          inputs: ['x'],
          outputs: ['y'],
          attributes: { perm: { ints: [2, 0, 1] } },
        },
      ],
      constants: [],
      inputs: [{ name: 'x', shape: [1, 2, 3] }],
      output: { name: 'y', shape: [3, 1, 2] },
    };
    const x = new ort.Tensor('float32', [0, 1, 2, 3, 4, 5], [1, 2, 3]);
    expect(await compute(graph, { x })).toEqual({ shape: [3, 1, 2], values: [0, 3, 1, 4, 2, 5] });
  });

  it('writes operators of com.microsoft', async () => {
    const shape = [1, 2, 4];
    const graph: OnnxGraph = {
      nodes: [
        {
          operator: 'MultiHeadAttention',
          domain: 'com.microsoft',
          inputs: ['q', 'k', 'v'],
          outputs: ['y'],
          attributes: { num_heads: { int: 1 } },
        },
      ],
      constants: [],
      inputs: ['q', 'k', 'v'].map((name) => ({ name, shape })),
      output: { name: 'y', shape },
    };
    const tensor = (values: number[]) => new ort.Tensor('float32', values, shape);
    // Equal keys get equal shares, so every query gets the mean of the values.
    const { values } = await compute(graph, {
      q: tensor([1, 2, 3, 4, 5, 6, 7, 8]),
      k: tensor([1, 1, 1, 1, 1, 1, 1, 1]),
      v: tensor([0, 2, 4, 6, 10, 20, 30, 40]),
    });
    for (const [i, mean] of [5, 11, 17, 23, 5, 11, 17, 23].entries()) expect(values[i]).toBeCloseTo(mean, 5);
  });

  it('writes lengths past one byte', async () => {
    const size = 300;
    const graph: OnnxGraph = {
      nodes: [{ operator: 'Add', inputs: ['x', 'c'], outputs: ['y'] }],
      constants: [{ name: 'c', shape: [size], values: Float32Array.from({ length: size }, (_, i) => i) }],
      inputs: [{ name: 'x', shape: [size] }],
      output: { name: 'y', shape: [size] },
    };
    const x = new ort.Tensor('float32', new Float32Array(size).fill(0.5), [size]);
    const { values } = await compute(graph, { x });
    expect(values[299]).toBe(299.5);
  });
});
