import tgpu, { type d, type TgpuBindGroupLayout, type TgpuRoot } from 'typegpu';
import { invariant, ShotweaveError } from '../../lib/errors.ts';
import { KernelChoices } from '../tuning/choices.ts';
import type { KernelFeatures } from '../tuning/variants.ts';
import { type Defines, expandTemplate } from './template.ts';

/** A part of a buffer, in bytes; without `size` it reaches to the end. */
export interface View {
  buffer: GPUBuffer;
  offset?: number;
  size?: number;
}

/** One dispatch, ready to be recorded, with the work that it stands for. */
export interface Dispatch {
  label: string;
  pipeline: GPUComputePipeline;
  bindGroup: GPUBindGroup;
  workgroups: readonly [number, number, number];
  /** Multiply-adds count twice; used to size submissions. */
  flops: number;
}

/** A shader file with the TypeGPU layout of its only bind group. */
export interface KernelSource {
  name: string;
  wgsl: string;
  layout: TgpuBindGroupLayout;
  subgroups?: boolean;
  f16?: boolean;
  /** Chromium's experimental subgroup matrices. */
  matrix?: boolean;
}

/** What the adapter is, as far as kernels care. */
export interface GpuTraits {
  /** WebGPU on the CPU: barriers and workgroup memory are slow there. */
  software: boolean;
  /** Subgroups of exactly four lanes with quad operations. */
  quads: boolean;
  /** Most FLOPs that one dispatch should have, so that it ends well before any watchdog. */
  dispatchFlops: number;
  /** What else kernels may use; where it is left out, only what every WebGPU has. */
  kernels?: KernelFeatures;
}

/** What every WebGPU device has. */
const plainFeatures: KernelFeatures = {
  quads: false,
  f16: false,
  lanes: 0,
  matrix: { f16: null, f32: null },
  workgroupBytes: 16384,
  invocations: 256,
};

export const outOfMemory =
  'The GPU ran out of memory: close other tabs that use it, or make the film shorter or smaller.';

export function refusedCommand({ message }: GPUError): string {
  return `The GPU refused a command (${message.split('\n')[0]}): reload the page and generate again.`;
}

const maxWorkgroupsPerDimension = 65535;

/** A GPUDevice with the pipelines, uniforms and buffers that the engine made on it. */
export class Gpu {
  readonly device: GPUDevice;
  readonly root: TgpuRoot;
  readonly traits: GpuTraits;
  /** Which variants of the kernels run here. */
  readonly choices: KernelChoices;
  readonly #parent: Gpu | null;
  readonly #pipelines: Map<string, Promise<GPUComputePipeline>>;
  #uniforms = new Map<string, GPUBuffer>();
  #sizes = new Map<GPUBuffer, number>();
  #bytes = 0;
  #peakBytes = 0;

  constructor(device: GPUDevice, traits: GpuTraits, parent: Gpu | null = null) {
    this.device = device;
    this.root = parent?.root ?? tgpu.initFromDevice({ device });
    this.traits = traits;
    this.choices =
      parent?.choices ?? new KernelChoices({ ...(traits.kernels ?? plainFeatures), quads: traits.quads });
    this.#parent = parent;
    this.#pipelines = parent ? parent.#pipelines : new Map();
  }

  /** The same device and pipelines, with buffers and uniforms of its own that `freeAll` frees together. */
  scope(): Gpu {
    return new Gpu(this.device, this.traits, this);
  }

  /** Bytes of all buffers alive now, those of inner scopes among them. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Most bytes alive at once since the last resetPeak(). */
  get peakBytes(): number {
    return this.#peakBytes;
  }

  resetPeak(): void {
    this.#peakBytes = this.#bytes;
  }

  /** A zeroed buffer. Sizes are rounded up to 16 bytes. Throws `gpu-out-of-memory` past the device's limit. */
  buffer(
    label: string,
    bytes: number,
    usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  ): GPUBuffer {
    const size = Math.max(16, Math.ceil(bytes / 16) * 16);
    const { maxBufferSize, maxStorageBufferBindingSize } = this.device.limits;
    if (size > maxBufferSize || (usage & GPUBufferUsage.STORAGE && size > maxStorageBufferBindingSize)) {
      throw new ShotweaveError(
        'gpu-out-of-memory',
        `This film needs a GPU buffer of ${Math.ceil(size / 2 ** 20)} MiB and this GPU allows ${Math.floor(maxStorageBufferBindingSize / 2 ** 20)} MiB: make the film shorter or smaller.`,
      );
    }
    const buffer = this.device.createBuffer({ label, size, usage });
    this.#track(buffer, size);
    return buffer;
  }

  /**
   * Does work that makes buffers and fills them, and waits until the device has them. Rejects with `gpu-out-of-memory`
   * when it had no room for one. What is being read meanwhile never piles up in the driver.
   */
  async allocating<T>(work: () => Promise<T>): Promise<T> {
    const { device } = this;
    device.pushErrorScope('out-of-memory');
    // A buffer that there was no room for is refused by everything that is done to it.
    device.pushErrorScope('validation');
    // A device that is lost says so by itself.
    const told = async () => [
      await device.popErrorScope().catch(() => null),
      await device.popErrorScope().catch(() => null),
    ];
    let outcome: T;
    try {
      outcome = await work();
    } catch (error) {
      await told();
      throw error;
    }
    const [refused, full] = await told();
    await device.queue.onSubmittedWorkDone().catch(() => undefined);
    if (full) throw new ShotweaveError('gpu-out-of-memory', outOfMemory, { cause: full });
    if (refused) throw new ShotweaveError('unexpected', refusedCommand(refused), { cause: refused });
    return outcome;
  }

  /** A storage buffer that holds `data`. */
  upload(label: string, data: ArrayBufferView<ArrayBuffer>): GPUBuffer {
    const buffer = this.buffer(label, data.byteLength);
    this.write(buffer, data);
    return buffer;
  }

  write(buffer: GPUBuffer, data: ArrayBufferView<ArrayBuffer>, offset = 0): void {
    if (data.byteLength === 0) return;
    this.device.queue.writeBuffer(buffer, offset, data.buffer, data.byteOffset, data.byteLength);
  }

  /** A uniform buffer that holds `value`, laid out by its TypeGPU schema; equal ones are shared. */
  uniform<P extends Record<string, d.U32 | d.F32>>(
    label: string,
    schema: d.WgslStruct<P>,
    value: { [K in keyof P]: number },
  ): GPUBuffer {
    const key = `${label} ${JSON.stringify(value)}`;
    const known = this.#uniforms.get(key);
    if (known) return known;
    // TypeGPU decides what a schema may be used for by its concrete type, which is generic here.
    const concrete = schema as unknown as d.WgslStruct<{ field: d.U32 }>;
    const typed = this.root.createBuffer(concrete, value as unknown as { field: number }).$usage('uniform');
    const buffer = this.root.unwrap(typed);
    buffer.label = label;
    this.#uniforms.set(key, buffer);
    this.#track(buffer, buffer.size);
    return buffer;
  }

  /** Whether a buffer was made here and is not freed yet. */
  holds(buffer: GPUBuffer): boolean {
    return this.#sizes.has(buffer);
  }

  /** Frees every buffer and uniform that was made here, once no program that uses them will run again. */
  freeAll(): void {
    this.free(...this.#sizes.keys());
    this.#uniforms.clear();
  }

  /** Frees buffers that were made here or in an outer scope. */
  free(...buffers: readonly GPUBuffer[]): void {
    for (const buffer of buffers) {
      const size = this.#sizes.get(buffer);
      if (size === undefined) {
        invariant(this.#parent, `"${buffer.label}" is not alive`);
        this.#parent.free(buffer);
        continue;
      }
      this.#sizes.delete(buffer);
      this.#count(-size);
      buffer.destroy();
    }
  }

  #track(buffer: GPUBuffer, size: number): void {
    this.#sizes.set(buffer, size);
    this.#count(size);
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#peakBytes = Math.max(this.#peakBytes, this.#bytes);
    if (this.#parent) this.#parent.#count(bytes);
  }

  /** The pipeline of a kernel with these defines; compiled once. */
  pipeline(kernel: KernelSource, defines: Defines = {}): Promise<GPUComputePipeline> {
    const key = `${kernel.name} ${JSON.stringify(defines)}`;
    const known = this.#pipelines.get(key);
    if (known) return known;
    const made = this.#compile(kernel, defines, key);
    this.#pipelines.set(key, made);
    return made;
  }

  async #compile(kernel: KernelSource, defines: Defines, label: string): Promise<GPUComputePipeline> {
    const resolved = tgpu.resolve({
      template: expandTemplate(kernel.wgsl, defines),
      externals: { layout: kernel.layout.$idx(0) },
      enableExtensions: [
        ...(kernel.subgroups ? (['subgroups'] as const) : []),
        ...(kernel.f16 ? (['f16'] as const) : []),
      ],
    });
    const code = kernel.matrix ? `enable chromium_experimental_subgroup_matrix;\n${resolved}` : resolved;
    const module = this.device.createShaderModule({ label, code });
    const layout = this.device.createPipelineLayout({ bindGroupLayouts: [this.root.unwrap(kernel.layout)] });
    return this.device.createComputePipelineAsync({ label, layout, compute: { module, entryPoint: 'main' } });
  }

  /** Binds views to a kernel by the names in its layout. */
  async dispatch(
    kernel: KernelSource,
    defines: Defines,
    views: Readonly<Record<string, View | GPUBuffer>>,
    workgroups: number,
    flops: number,
    label = kernel.name,
  ): Promise<Dispatch> {
    const pipeline = await this.pipeline(kernel, defines);
    const entries = Object.keys(kernel.layout.entries).map((name, binding) => {
      const view = views[name];
      invariant(view, `${kernel.name} needs a buffer for "${name}"`);
      return { binding, resource: 'buffer' in view ? view : { buffer: view } };
    });
    const bindGroup = this.device.createBindGroup({
      label,
      layout: this.root.unwrap(kernel.layout),
      entries,
    });
    // Kernels read a linear index from workgroup_id.x + workgroup_id.y * num_workgroups.x.
    const y = Math.ceil(workgroups / maxWorkgroupsPerDimension);
    return { label, pipeline, bindGroup, workgroups: [Math.ceil(workgroups / Math.max(y, 1)), y, 1], flops };
  }

  /** Records dispatches into one compute pass. */
  record(encoder: GPUCommandEncoder, dispatches: readonly Dispatch[]): void {
    const pass = encoder.beginComputePass();
    for (const { pipeline, bindGroup, workgroups } of dispatches) {
      if (workgroups[0] * workgroups[1] === 0) continue;
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(...workgroups);
    }
    pass.end();
  }

  /** Copies a view to the host. */
  async read(view: View | GPUBuffer): Promise<ArrayBuffer> {
    const { buffer, offset = 0, size } = 'buffer' in view ? view : { buffer: view };
    const bytes = size ?? buffer.size - offset;
    if (bytes === 0) return new ArrayBuffer(0);
    const staging = this.buffer('readback', bytes, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
    try {
      const encoder = this.device.createCommandEncoder();
      encoder.copyBufferToBuffer(buffer, offset, staging, 0, bytes);
      this.device.queue.submit([encoder.finish()]);
      await staging.mapAsync(GPUMapMode.READ, 0, bytes);
      return staging.getMappedRange(0, bytes).slice(0);
    } finally {
      this.free(staging);
    }
  }
}
