import { afterAll, afterEach, describe, expect } from 'vitest';
import { openDevice } from '../device.ts';
import type { Dispatch, Gpu } from '../gpu/gpu.ts';
import { type Family, lacking, names, type Precision } from '../tuning/variants.ts';

/**
 * The GPU of the browser that the tests run in. Call it once at the top of a test file, so that its tests
 * share the pipelines; an error that the device reports outside of a test's own scopes fails the test.
 */
export async function testGpu(): Promise<Gpu> {
  const { gpu } = await openDevice();
  failOnGpuErrors(gpu.device);
  return gpu;
}

function failOnGpuErrors(device: GPUDevice): void {
  const errors: string[] = [];
  let ended = false;
  device.addEventListener('uncapturederror', ({ error }) => errors.push(error.message));
  void device.lost.then(({ message }) => {
    if (!ended) errors.push(`the device was lost: ${message}`);
  });
  afterEach(async () => {
    await device.queue.onSubmittedWorkDone();
    expect(errors.splice(0)).toEqual([]);
  });
  afterAll(() => {
    ended = true;
    device.destroy();
  });
}

/** A suite for each variant of a kernel; quad variants are skipped on adapters without quads. */
export function describeVariants(gpu: Gpu, kernel: string, suite: (variant: 'quad' | 'tiled') => void): void {
  const quads = gpu.traits.quads;
  describe.skipIf(!quads)(`${kernel}, quad${quads ? '' : ' (this adapter has no quads)'}`, () =>
    suite('quad'),
  );
  describe(`${kernel}, tiled`, () => suite('tiled'));
}

/** A suite for each variant of a kernel; those that the adapter cannot run are skipped, with the reason. */
export function describeFamily<Name extends string>(
  gpu: Gpu,
  family: Family<Name>,
  suite: (variant: Name, precision: Precision) => void,
): void {
  for (const name of names(family)) {
    const { needs, precision } = family.variants[name];
    const reason = lacking(gpu.choices.features, needs);
    const title = `${family.kernel}, ${name}${reason ? ` (${reason} here)` : ''}`;
    describe.skipIf(reason !== null)(title, () => suite(name, precision));
  }
}

/** Runs dispatches in one pass. */
export function run(gpu: Gpu, dispatches: readonly Dispatch[]): void {
  const encoder = gpu.device.createCommandEncoder();
  gpu.record(encoder, dispatches);
  gpu.device.queue.submit([encoder.finish()]);
}

const guardWord = 0xc5a3e197;
const guardWords = 256;

/** What a kernel writes to: a buffer that is longer than the kernel may know, to catch writes past the end. */
export class Output {
  readonly buffer: GPUBuffer;
  readonly #gpu: Gpu;
  readonly #words: number;

  /** `before` is what it holds at first. */
  constructor(gpu: Gpu, before: Float32Array | Uint32Array) {
    const words = new Uint32Array(before.length + guardWords).fill(guardWord);
    words.set(new Uint32Array(before.buffer, before.byteOffset, before.length));
    this.buffer = gpu.upload('output', words);
    this.#gpu = gpu;
    this.#words = before.length;
  }

  /** An output that must be written whole: what a kernel leaves out stays NaN. */
  static unwritten(gpu: Gpu, count: number): Output {
    return new Output(gpu, new Float32Array(count).fill(Number.NaN));
  }

  async floats(): Promise<Float32Array> {
    return new Float32Array(await this.#read(), 0, this.#words);
  }

  async words(): Promise<Uint32Array> {
    return new Uint32Array(await this.#read(), 0, this.#words);
  }

  async #read(): Promise<ArrayBuffer> {
    const content = await this.#gpu.read(this.buffer);
    const overwritten = new Uint32Array(content, 4 * this.#words, guardWords).findIndex(
      (word) => word !== guardWord,
    );
    expect(overwritten, 'first value past the end of the output that the kernel overwrote').toBe(-1);
    return content;
  }
}
