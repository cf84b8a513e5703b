import * as ort from 'onnxruntime-web/webgpu';
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import type { DeviceGuest } from '../src/engine/device.ts';
import { encodeOnnx } from './onnx.ts';
import type { Peer } from './peer.ts';

/** What ONNX Runtime makes use of where the adapter has it. */
export const onnxRuntimeNeeds: DeviceGuest = {
  features: ['shader-f16'],
  limits: [
    'maxComputeWorkgroupStorageSize',
    'maxComputeInvocationsPerWorkgroup',
    'maxComputeWorkgroupSizeX',
    'maxComputeWorkgroupSizeY',
    'maxComputeWorkgroupSizeZ',
  ],
};

/** ONNX Runtime Web's WebGPU execution provider on our device. */
export function createOnnxRuntime(device: GPUDevice): Peer {
  ort.env.wasm.wasmPaths = { wasm };
  ort.env.wasm.numThreads = 1;
  ort.env.webgpu.device = device;
  return {
    name: 'onnxruntime-web (WebGPU)',
    version: ort.env.versions.web ?? 'unknown',
    async prepare({ graph, layout = 'NHWC' }, inputs) {
      const session = await ort.InferenceSession.create(encodeOnnx(graph), {
        executionProviders: [{ name: 'webgpu', device, preferredLayout: layout, validationMode: 'disabled' }],
        graphOptimizationLevel: 'all',
      });
      const { name, shape } = graph.output;
      const output = device.createBuffer({
        label: 'peer output',
        size: 4 * shape.reduce((product, size) => product * size, 1),
        usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
      });
      const tensor = (gpuBuffer: GPUBuffer, dims: readonly number[]) =>
        ort.Tensor.fromGpuBuffer(gpuBuffer, { dataType: 'float32', dims });
      const feeds: Record<string, ort.Tensor> = {};
      for (const input of graph.inputs) {
        const buffer = inputs[input.name];
        if (buffer === undefined) throw new Error(`The graph reads "${input.name}", which has no buffer.`);
        feeds[input.name] = tensor(buffer, input.shape);
      }
      const fetches = { [name]: tensor(output, shape) };
      return {
        output,
        run: async () => {
          await session.run(feeds, fetches);
        },
        release: async () => {
          await session.release();
          output.destroy();
        },
      };
    },
  };
}
