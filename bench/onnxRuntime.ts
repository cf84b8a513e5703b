import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import * as ort from 'onnxruntime-web/webgpu';
import type { DeviceGuest } from '../src/engine/device.ts';
import { Gpu } from '../src/engine/gpu/gpu.ts';
import { encodeOnnx } from './onnx.ts';
import type { Peer } from './peer.ts';

/** What ONNX Runtime makes use of where the adapter has it. */
export const onnxRuntimeNeeds = {
  features: ['shader-f16'],
  limits: [
    'maxComputeWorkgroupStorageSize',
    'maxComputeInvocationsPerWorkgroup',
    'maxComputeWorkgroupSizeX',
    'maxComputeWorkgroupSizeY',
    'maxComputeWorkgroupSizeZ',
  ],
} as const satisfies DeviceGuest;

/**
 * ONNX Runtime Web's WebGPU execution provider: on our device, and on a second device without subgroups, for
 * its flash attention is wrong where a subgroup has four lanes (version 1.30.0 on SwiftShader).
 */
export async function createOnnxRuntime(gpu: Gpu): Promise<Peer[]> {
  ort.env.wasm.wasmPaths = { wasm };
  ort.env.wasm.numThreads = 1;
  const plain = new Gpu(await openPlainDevice(), gpu.traits);
  return [onDevice(gpu, ''), onDevice(plain, 'a second device of the same adapter, without subgroups')];
}

async function openPlainDevice(): Promise<GPUDevice> {
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) throw new Error('The adapter is gone: reload the page.');
  const names = [
    'maxBufferSize',
    'maxStorageBufferBindingSize',
    'maxStorageBuffersPerShaderStage',
    ...onnxRuntimeNeeds.limits,
  ] as const;
  return adapter.requestDevice({
    label: 'peer',
    requiredFeatures: onnxRuntimeNeeds.features.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(names.map((name) => [name, adapter.limits[name]])),
  });
}

function onDevice(outer: Gpu, place: string): Peer {
  const { device } = outer;
  return {
    name: `onnxruntime-web ${ort.env.versions.web}`,
    place,
    async prepare({ graph, layout = 'NHWC' }, inputs) {
      const session = await ort.InferenceSession.create(encodeOnnx(graph), {
        executionProviders: [{ name: 'webgpu', device, preferredLayout: layout, validationMode: 'disabled' }],
        graphOptimizationLevel: 'all',
      });
      const gpu = outer.scope();
      const tensor = (gpuBuffer: GPUBuffer, dims: readonly number[]) =>
        ort.Tensor.fromGpuBuffer(gpuBuffer, { dataType: 'float32', dims });
      const feeds: Record<string, ort.Tensor> = {};
      for (const { name, shape } of graph.inputs) {
        const values = inputs[name];
        if (values === undefined) throw new Error(`The graph reads "${name}", which has no values.`);
        feeds[name] = tensor(gpu.upload(`peer ${name}`, values), shape);
      }
      const { name, shape } = graph.output;
      const count = shape.reduce((product, size) => product * size, 1);
      const output = gpu.buffer('peer output', 4 * count);
      const fetches = { [name]: tensor(output, shape) };
      return {
        device,
        run: async () => {
          await session.run(feeds, fetches);
        },
        read: async () => new Float32Array(await gpu.read({ buffer: output, size: 4 * count })),
        release: async () => {
          await session.release();
          gpu.freeAll();
        },
      };
    },
  };
}
