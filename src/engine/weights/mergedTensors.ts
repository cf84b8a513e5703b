import { ShotweaveError } from '../../lib/errors.ts';
import type { LoraShape } from '../../model/checkpoint/lora.ts';
import { changeFits } from '../../model/checkpoint/loraFit.ts';
import type { Run } from '../../plan/types.ts';
import type { ElementType } from './elementTypes.ts';
import type { StoredTensor, TensorSource } from './tensorSource.ts';

/** A LoRA file with what it changes, and how strongly it counts. */
export interface Lora {
  shape: LoraShape;
  /** By stored names. */
  tensors: Pick<TensorSource, 'name' | 'floats' | 'rows' | 'shape'>;
  strength: number;
}

/** y [rows, columns] = up [rows, rank] @ down [rank, columns], row-major. */
export type LowRankProduct = (
  up: Float32Array<ArrayBuffer>,
  down: Float32Array<ArrayBuffer>,
  sizes: { rows: number; rank: number; columns: number },
) => Promise<Float32Array<ArrayBuffer>>;

/**
 * A transformer with LoRAs merged in as its tensors are read: W + strength * (alpha / rank) * up @ down, and
 * strength * diff where a LoRA has one. What no LoRA changes comes straight from the checkpoint.
 * Throws `model-invalid` at once when a LoRA is for a transformer of another size.
 */
export class MergedTensors implements TensorSource {
  readonly name: string;
  readonly #base: TensorSource;
  readonly #loras: readonly Lora[];
  readonly #product: LowRankProduct;

  constructor(base: TensorSource, loras: readonly Lora[], product: LowRankProduct = lowRankProduct) {
    this.name = base.name;
    this.#base = base;
    this.#loras = loras.filter(({ strength }) => strength !== 0);
    this.#product = product;
    for (const lora of this.#loras) checkFit(lora, base);
  }

  has(name: string): boolean {
    return this.#base.has(name);
  }

  shape(name: string): readonly number[] {
    return this.#base.shape(name);
  }

  storedType(name: string): ElementType | null {
    return this.#changes(name) ? null : this.#base.storedType(name);
  }

  stored(name: string, shape?: readonly number[], rows?: Run): Promise<StoredTensor> {
    return this.#base.stored(name, shape, rows);
  }

  async rows(name: string, first: number, count: number): Promise<Float32Array<ArrayBuffer>> {
    return this.#merge(name, await this.#base.rows(name, first, count), { start: first, count });
  }

  async floats(name: string, shape?: readonly number[]): Promise<Float32Array<ArrayBuffer>> {
    return this.#merge(name, await this.#base.floats(name, shape), null);
  }

  /** Adds to a tensor, or to some rows of it, in place. */
  async #merge(
    name: string,
    values: Float32Array<ArrayBuffer>,
    run: Run | null,
  ): Promise<Float32Array<ArrayBuffer>> {
    for (const { shape: lora, tensors, strength } of this.#loras) {
      const change = lora.changes.get(name);
      if (change?.pair) {
        const { down, up, alpha } = change.pair;
        const rank = tensors.shape(down)[0] ?? 0;
        const { start, count } = run ?? { start: 0, count: this.shape(name)[0] ?? 0 };
        const sizes = { rows: count, rank, columns: values.length / count };
        const ups = (await tensors.floats(up)).subarray(start * rank, (start + count) * rank);
        const product = await this.#product(ups, await tensors.floats(down), sizes);
        add(values, product, strength * ((alpha === null ? rank : await scalar(tensors, alpha)) / rank));
      }
      if (change?.diff) {
        const { stored } = change.diff;
        const diff = run ? tensors.rows(stored, run.start, run.count) : tensors.floats(stored);
        add(values, await diff, strength);
      }
    }
    return values;
  }

  #changes(name: string): boolean {
    return this.#loras.some(({ shape }) => shape.changes.has(name));
  }
}

/** The product on the CPU, row by row. */
export const lowRankProduct: LowRankProduct = async (up, down, { rows, rank, columns }) => {
  const out = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const target = out.subarray(row * columns, (row + 1) * columns);
    for (let k = 0; k < rank; k++) {
      const factor = up[row * rank + k] ?? 0;
      const source = down.subarray(k * columns, (k + 1) * columns);
      for (let i = 0; i < columns; i++) target[i] = (target[i] ?? 0) + factor * (source[i] ?? 0);
    }
  }
  return out;
};

function add(values: Float32Array, change: Float32Array, factor: number): void {
  for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) + factor * (change[i] ?? 0);
}

async function scalar(tensors: Lora['tensors'], name: string): Promise<number> {
  const values = await tensors.floats(name);
  const [value] = values;
  if (value !== undefined && values.length === 1) return value;
  throw misfit(tensors.name, `"${name}" is not a single number`);
}

/** Checks every shape of a LoRA against the tensor that it changes. */
function checkFit({ shape: { changes }, tensors }: Lora, base: TensorSource): void {
  for (const [name, change] of changes) {
    if (!base.has(name)) throw misfit(tensors.name, `it changes "${name}", which ${base.name} does not have`);
    if (!changeFits(change, base.shape(name))) {
      throw misfit(tensors.name, `it is for a model of another size than ${base.name}`);
    }
  }
}

function misfit(lora: string, what: string): ShotweaveError {
  return new ShotweaveError(
    'model-invalid',
    `The LoRA ${lora} cannot be merged: ${what}, so choose one made for this model or set its strength to 0.`,
  );
}
