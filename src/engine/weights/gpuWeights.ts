import { invariant } from '../../lib/errors.ts';
import type { WeightFormat } from '../../plan/weightMemory.ts';
import { Gpu } from '../gpu/gpu.ts';
import { fittingFormat, type Matrix, type PackedWords, packHalfBits, packMatrix } from './storedMatrix.ts';
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
export type WeightSink = Pick<Gpu, 'upload'>;

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
    const shape = [columns, inner];
    const stored = this.#file.storedType(name);
    const wished = this.#storage === 'auto' ? (stored === 'F16' ? 'f16' : 'f32') : this.#storage;
    const format = fittingFormat(wished, inner);
    if (format === 'f32') return this.tensor(name, shape);
    let packed: PackedWords;
    if (format === 'f16' && stored === 'F16') {
      const { bytes, scale } = await this.#file.stored(name, shape);
      invariant(scale === 1, 'only fp8 files keep scales');
      packed = packHalfBits(new Uint16Array(bytes.buffer, bytes.byteOffset, columns * inner), columns, inner);
    } else {
      packed = packMatrix(await this.#file.floats(name, shape), columns, inner, format);
    }
    return this.#upload(name, format, packed);
  }

  /**
   * A matrix [columns, inner] that holds the values of a tensor in another order; with 'auto' as compact as its file,
   * and otherwise f32.
   */
  reordered(name: string, values: Float32Array<ArrayBuffer>, columns: number, inner: number): Matrix {
    const wished = this.#storage === 'auto' && this.#file.storedType(name) === 'F16' ? 'f16' : 'f32';
    const format = fittingFormat(wished, inner);
    if (format === 'f32') return this.keep(name, values);
    return this.#upload(name, format, packMatrix(values, columns, inner, format));
  }

  #upload(name: string, format: Exclude<WeightFormat, 'f32'>, { words, scales }: PackedWords): Matrix {
    return {
      format,
      words: this.#gpu.upload(name, words),
      scales: this.#gpu.upload(`${name} scales`, scales),
    };
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
