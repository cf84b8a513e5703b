import type { Gpu } from '../gpu/gpu.ts';
import type { TensorSource } from './tensorSource.ts';

/** A Linear on the GPU: w [columns, inner], bias [columns]. */
export interface Linear {
  w: GPUBuffer;
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

/** Reads tensors of one file and puts them on the GPU. */
export class GpuWeights {
  readonly #gpu: WeightSink;
  readonly #file: TensorSource;

  constructor(gpu: WeightSink, file: TensorSource) {
    this.#gpu = gpu;
    this.#file = file;
  }

  /** A tensor of this shape, as it is stored. */
  async tensor(name: string, shape: readonly number[]): Promise<GPUBuffer> {
    return this.keep(name, await this.#file.floats(name, shape));
  }

  /** `<name>.weight` [columns, inner] and `<name>.bias`; without a bias in the model, zeros. */
  async linear(name: string, columns: number, inner: number, bias = true): Promise<Linear> {
    return {
      w: await this.tensor(`${name}.weight`, [columns, inner]),
      bias: bias
        ? await this.tensor(`${name}.bias`, [columns])
        : this.keep(`${name}.bias`, new Float32Array(columns)),
      columns,
      inner,
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
