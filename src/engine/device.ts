import { ShotweaveError } from '../lib/errors.ts';
import { Gpu } from './gpu/gpu.ts';
import type { Picks } from './tuning/choices.ts';
import {
  type KernelFeatures,
  type MatrixShape,
  multiplyingSubgroups,
  type Precision,
} from './tuning/variants.ts';

/** What the adapter says of itself, in words. */
export interface AdapterFacts {
  vendor: string;
  architecture: string;
  description: string;
  /** WebGPU on the CPU. */
  software: boolean;
  precision: 'f32' | 'f16';
  /** Which variants of the kernels run; empty before they were raced and checked here. */
  kernels?: Picks;
}

const softwareNames = /swiftshader|llvmpipe|lavapipe|basic render/i;

const unavailable =
  'This browser gives no WebGPU adapter: use Chrome or Edge on a machine with a GPU, or start Chromium with --enable-unsafe-webgpu (`npm start -- --open` does it).';

/** What others who share the device need beside the engine, taken where the adapter has it. */
export interface DeviceGuest {
  features: readonly GPUFeatureName[];
  limits: readonly (keyof GPUSupportedLimits & string)[];
}

/**
 * Finds the adapter and opens a device on it with the limits that the adapter has.
 * Throws `webgpu-unavailable` with a sentence for the person.
 */
export async function openDevice(
  gpuEntry: GPU | undefined = globalThis.navigator?.gpu,
  guest: DeviceGuest = { features: [], limits: [] },
): Promise<{
  gpu: Gpu;
  adapter: AdapterFacts;
}> {
  if (!gpuEntry) throw new ShotweaveError('webgpu-unavailable', unavailable);
  const adapter = await gpuEntry.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new ShotweaveError('webgpu-unavailable', unavailable);
  const { info, limits } = adapter;
  const software =
    info.isFallbackAdapter || softwareNames.test(`${info.vendor} ${info.architecture} ${info.description}`);
  const subgroups = adapter.features.has('subgroups');
  const f16 = adapter.features.has('shader-f16');
  const matrix = {
    f16: f16 && subgroups ? matrixShape(adapter, 'f16') : null,
    f32: subgroups ? matrixShape(adapter, 'f32') : null,
  };
  let device: GPUDevice;
  try {
    device = await adapter.requestDevice({
      label: 'shotweave',
      requiredFeatures: [
        ...(subgroups ? (['subgroups'] as const) : []),
        ...(f16 ? (['shader-f16'] as const) : []),
        ...(matrix.f16 || matrix.f32 ? [matrixFeature] : []),
        ...guest.features.filter((feature) => adapter.features.has(feature)),
      ],
      requiredLimits: {
        ...Object.fromEntries(guest.limits.map((name) => [name, Number(limits[name])])),
        maxBufferSize: limits.maxBufferSize,
        maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
        maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
        maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
        maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
        maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      },
    });
  } catch (cause) {
    throw new ShotweaveError(
      'webgpu-unavailable',
      'The graphics driver refused to open the GPU: close other tabs that use it, update the driver, then reload the page.',
      { cause },
    );
  }
  const quads = software && subgroups && info.subgroupMinSize === 4 && info.subgroupMaxSize === 4;
  const kernels: KernelFeatures = {
    quads,
    f16,
    lanes: subgroups ? (info.subgroupMinSize ?? 4) : 0,
    matrix,
    workgroupBytes: device.limits.maxComputeWorkgroupStorageSize,
    invocations: Math.min(
      device.limits.maxComputeInvocationsPerWorkgroup,
      device.limits.maxComputeWorkgroupSizeX,
    ),
  };
  return {
    gpu: new Gpu(device, { software, quads, dispatchFlops: software ? 1e9 : 5e10, kernels }),
    adapter: {
      vendor: info.vendor,
      architecture: info.architecture,
      description: info.description,
      software,
      precision: 'f32',
    },
  };
}

/** Not among the names that WebGPU's types know. */
const matrixFeature = 'chromium-experimental-subgroup-matrix' as GPUFeatureName;

interface MatrixInfo {
  subgroupMatrixConfigs?: Iterable<MatrixConfiguration>;
}

interface MatrixConfiguration {
  M: number;
  N: number;
  K: number;
  componentType: string;
  resultComponentType: string;
}

/**
 * The first shape that multiplies in a precision, adds up in f32 and that kernels can cut their tiles into, where the
 * browser has the experimental feature and workgroups can be large enough.
 */
export function matrixShape(
  { features, info, limits }: Pick<GPUAdapter, 'features' | 'info' | 'limits'>,
  precision: Precision,
): MatrixShape | null {
  if (!features.has(matrixFeature)) return null;
  const lanes = info.subgroupMaxSize ?? 128;
  const invocations = Math.min(limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX);
  if (multiplyingSubgroups * lanes > invocations) return null;
  const { subgroupMatrixConfigs = [] }: MatrixInfo & GPUAdapterInfo = info;
  for (const { M, N, K, componentType, resultComponentType } of subgroupMatrixConfigs) {
    const fits = [M, N, K].every((size) => size === 8 || size === 16);
    if (fits && componentType === precision && resultComponentType === 'f32') {
      return { m: M, n: N, inner: K, lanes };
    }
  }
  return null;
}
