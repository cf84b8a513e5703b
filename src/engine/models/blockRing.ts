import { ShotweaveError } from '../../lib/errors.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { HostStep } from '../gpu/runner.ts';
import type { WeightSink } from '../weights/gpuWeights.ts';
import type { BlockWeights } from './blockWeights.ts';

/** Reads a block's weights and puts them into a sink, always in the same order. */
export type ReadBlock = (sink: WeightSink, block: number) => Promise<BlockWeights>;

/**
 * Two blocks' buffers for a transformer that does not fit on the GPU. While one block computes, the next is read into
 * the other's buffers. Writes and submissions keep their order in the GPU's queue, so a buffer is never overwritten
 * before the work that needs it is through, and results are those of a transformer that fits.
 */
export class BlockRing {
  static readonly slots = 2;
  readonly blocks: readonly BlockWeights[];
  readonly #read: ReadBlock;
  readonly #slots: readonly Slot[];
  /** The load that is on its way or was last finished. */
  #last: { block: number; done: Promise<void> };

  private constructor(slots: readonly Slot[], blocks: readonly BlockWeights[], read: ReadBlock) {
    this.#slots = slots;
    this.blocks = blocks;
    this.#read = read;
    this.#last = { block: slots.length - 1, done: Promise.resolve() };
  }

  /** Makes the buffers by reading the first blocks with `readFirst`; `read` reads all that are needed later. */
  static async fill(gpu: Gpu, layers: number, readFirst: ReadBlock, read: ReadBlock): Promise<BlockRing> {
    const slots = Array.from({ length: BlockRing.slots }, () => new Slot(gpu));
    const filled: BlockWeights[] = [];
    for (const [block, slot] of slots.entries()) {
      filled.push(await slot.take(block, readFirst));
    }
    const blocks = Array.from({ length: layers }, (_, block) => filled[block % filled.length]);
    return new BlockRing(
      slots,
      blocks.filter((block) => block !== undefined),
      read,
    );
  }

  /** Waits until a block is there, then starts to read the one after it (the first after the last). */
  load(block: number): HostStep {
    return {
      host: async () => {
        await this.#begin(block);
        const next = (block + 1) % this.blocks.length;
        // With an odd number of blocks the first and the last share a slot: then nothing can be read ahead.
        if (this.#slotOf(next) !== this.#slotOf(block)) {
          // A fault is told when the block is asked for.
          this.#begin(next).catch(() => undefined);
        }
      },
    };
  }

  #slotOf(block: number): Slot | undefined {
    return this.#slots[block % this.#slots.length];
  }

  async #begin(block: number): Promise<void> {
    const slot = this.#slotOf(block);
    if (!slot) return;
    if (this.#last.block !== block) {
      const before = this.#last.done.catch(() => undefined);
      const done = before.then(async () => {
        if (slot.block !== block) await slot.take(block, this.#read);
      });
      this.#last = { block, done };
    }
    const load = this.#last;
    try {
      await load.done;
    } catch (error) {
      // Asked for again, it is read again.
      if (this.#last === load) this.#last = { block: -1, done: Promise.resolve() };
      throw error;
    }
  }
}

/** Buffers that hold one block at a time. */
class Slot implements WeightSink {
  /** What it holds; null while it is being filled. */
  block: number | null = null;
  readonly #gpu: Gpu;
  readonly #buffers: GPUBuffer[] = [];
  #next = 0;
  #filled = false;

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
  }

  async take(block: number, read: ReadBlock): Promise<BlockWeights> {
    this.block = null;
    this.#next = 0;
    const weights = await read(this, block);
    if (this.#next !== this.#buffers.length) throw unlike(block);
    this.#filled = true;
    this.block = block;
    return weights;
  }

  upload(label: string, data: ArrayBufferView<ArrayBuffer>): GPUBuffer {
    const buffer = this.buffer(label, data.byteLength);
    this.write(buffer, data);
    return buffer;
  }

  buffer(label: string, bytes: number): GPUBuffer {
    const known = this.#buffers[this.#next];
    this.#next += 1;
    if (known) {
      if (known.size < bytes) throw unlike(label);
      return known;
    }
    if (this.#filled) throw unlike(label);
    const buffer = this.#gpu.buffer(label, bytes);
    this.#buffers.push(buffer);
    return buffer;
  }

  write(buffer: GPUBuffer, data: ArrayBufferView<ArrayBuffer>, offset?: number): void {
    // A model may be freed while its next block is still being read.
    if (this.#gpu.holds(buffer)) this.#gpu.write(buffer, data, offset);
  }
}

function unlike(what: string | number): ShotweaveError {
  return new ShotweaveError(
    'weights-invalid',
    `The blocks of this transformer have different tensors ("${what}"): get the checkpoint again.`,
  );
}
