import type { Run } from '../../plan/types.ts';
import type { WeightFormat } from '../../plan/weightMemory.ts';
import { Gpu } from '../gpu/gpu.ts';
import { packStored } from './packStored.ts';
import {
  fittingFormat,
  type Matrix,
  type PackedMatrix,
  type PackedWords,
  packedBytes,
  packMatrix,
} from './storedMatrix.ts';
import type { TensorSource } from './tensorSource.ts';

/** A Linear on the GPU: w [columns, inner], bias [columns]. */
export interface Linear {
  w: Matrix;
  bias: GPUBuffer;
  columns: number;
  inner: number;
}

/** A 3x3 convolution on the GPU: w [outputs, sources, 3, 3, inputs], bias [outputs]. */
export interface Conv {
  w: GPUBuffer;
  bias: GPUBuffer;
  inputs: number;
  outputs: number;
  sources: 1 | 2;
}

/** Where weights go: new buffers of a GPU, or buffers that held another block's weights before. */
export type WeightSink = Pick<Gpu, 'upload' | 'buffer' | 'write'>;

/** Values of a matrix that are on the host at once: matrices have up to 70 million. */
const bandValues = 2 ** 21;

/**
 * How the matrices of Linears are kept on the GPU. 'auto': those that their file stores as f16 stay f16, which loses
 * nothing; others become f32.
 */
export type WeightStorage = WeightFormat | 'auto';

/** Reads tensors of one file and puts them on the GPU. */
export class GpuWeights {
  readonly #gpu: WeightSink;
  readonly #file: TensorSource;
  readonly #storage: WeightStorage;

  /**
   * @param storage Where blocks take turns in the same buffers, all must be kept alike: there 'auto' would not do,
   * because a LoRA may have changed some of them.
   */
  constructor(
    gpu: WeightSink,
    file: TensorSource,
    storage: WeightStorage = gpu instanceof Gpu ? 'auto' : 'f32',
  ) {
    this.#gpu = gpu;
    this.#file = file;
    this.#storage = storage;
  }

  /** A tensor of this shape, as it is stored. */
  async tensor(name: string, shape: readonly number[]): Promise<GPUBuffer> {
    return this.keep(name, await this.#file.floats(name, shape));
  }

  /** `<name>.weight` [columns, inner] and `<name>.bias`; without a bias in the model, zeros. */
  async linear(name: string, columns: number, inner: number, bias = true): Promise<Linear> {
    return {
      w: await this.matrix(`${name}.weight`, columns, inner),
      bias: bias
        ? await this.tensor(`${name}.bias`, [columns])
        : this.keep(`${name}.bias`, new Float32Array(columns)),
      columns,
      inner,
    };
  }

  /** A matrix [columns, inner] in the storage that was asked for, or the nearest that its size allows. */
  async matrix(name: string, columns: number, inner: number): Promise<Matrix> {
    const format = this.#formatOf(name, inner);
    if (format === 'f32') return this.tensor(name, [columns, inner]);
    if (this.#file.storedType(name) !== null || columns * inner > bandValues)
      return this.#bands(name, columns, inner, format);
    const packed = packMatrix(await this.#file.floats(name, [columns, inner]), columns, inner, format);
    return this.#upload(name, format, packed);
  }

  /** A matrix [columns, inner] that holds the values of a tensor in another order, stored as `matrix` stores them. */
  reordered(name: string, values: Float32Array<ArrayBuffer>, columns: number, inner: number): Matrix {
    const format = this.#formatOf(name, inner);
    if (format === 'f32') return this.keep(name, values);
    return this.#upload(name, format, packMatrix(values, columns, inner, format));
  }

  #formatOf(name: string, inner: number): WeightFormat {
    const own = this.#file.storedType(name) === 'F16' ? 'f16' : 'f32';
    return fittingFormat(this.#storage === 'auto' ? own : this.#storage, inner);
  }

  #upload(name: string, format: PackedMatrix['format'], { words, scales }: PackedWords): Matrix {
    return {
      format,
      words: this.#gpu.upload(name, words),
      scales: this.#gpu.upload(`${name} scales`, scales),
    };
  }

  /** Packs a matrix that lies in a file, some rows after the other, so that the host never holds all of it. */
  async #bands(
    name: string,
    columns: number,
    inner: number,
    format: PackedMatrix['format'],
  ): Promise<PackedMatrix> {
    const bytes = packedBytes(columns, inner, format);
    const words = this.#gpu.buffer(name, bytes.words);
    const scales = this.#gpu.buffer(`${name} scales`, bytes.scales);
    const most = Math.max(1, Math.floor(bandValues / inner));
    for (let start = 0; start < columns; start += most) {
      const count = Math.min(most, columns - start);
      const packed = await this.#packRows(name, [columns, inner], { start, count }, format);
      const before = packedBytes(start, inner, format);
      this.#gpu.write(words, packed.words, before.words);
      this.#gpu.write(scales, packed.scales, before.scales);
    }
    return { format, words, scales };
  }

  async #packRows(
    name: string,
    shape: readonly [columns: number, inner: number],
    rows: Run,
    format: PackedMatrix['format'],
  ): Promise<PackedWords> {
    const [, inner] = shape;
    if (this.#file.storedType(name) !== null) {
      const packed = packStored(await this.#file.stored(name, shape, rows), rows.count, inner, format);
      if (packed) return packed;
    }
    // Computed values; or those of a type that holds no weights, which is told here, as another shape is.
    const values = await this.#file.rows(name, rows.start, rows.count);
    if (values.length !== rows.count * inner) await this.#file.floats(name, shape);
    return packMatrix(values, rows.count, inner, format);
  }

  /** `<name>.weight` [outputs, sources * inputs, 3, 3] as the convolution kernel wants it: channels last. */
  async conv(name: string, outputs: number, inputs: number, sources: 1 | 2 = 1): Promise<Conv> {
    const weight = await this.#file.floats(`${name}.weight`, [outputs, sources * inputs, 3, 3]);
    const last = new Float32Array(weight.length);
    let at = 0;
    for (let output = 0; output < outputs; output++) {
      for (let source = 0; source < sources; source++) {
        for (let tap = 0; tap < 9; tap++) {
          for (let input = 0; input < inputs; input++) {
            last[at] = weight[((output * sources + source) * inputs + input) * 9 + tap] ?? 0;
            at += 1;
          }
        }
      }
    }
    return {
      w: this.keep(`${name}.weight`, last),
      bias: await this.tensor(`${name}.bias`, [outputs]),
      inputs,
      outputs,
      sources,
    };
  }

  /** Uploads values that were computed from tensors. */
  keep(label: string, values: Float32Array<ArrayBuffer>): GPUBuffer {
    return this.#gpu.upload(label, values);
  }
}
