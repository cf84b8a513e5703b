import type { Run } from '../../plan/types.ts';
import type { ElementType } from './elementTypes.ts';

/** A tensor as it lies in its file: every value is its element times `scale`. */
export interface StoredTensor {
  type: ElementType;
  /** Of the whole tensor. */
  shape: readonly number[];
  /** Elements, row-major, little-endian; finite numbers, checked. */
  bytes: Uint8Array<ArrayBuffer>;
  /** 1 unless the file keeps a scale beside the tensor, as fp8 files do. */
  scale: number;
}

/**
 * Named tensors of a checkpoint, whatever file or files they come from: one safetensors file, several shards,
 * or files whose names are turned into Wan's and whose values have a LoRA merged into them.
 */
export interface TensorSource {
  /** For messages to the person. */
  readonly name: string;
  has(name: string): boolean;
  /** Shape of a tensor that must exist. Throws `weights-invalid`. */
  shape(name: string): readonly number[];
  /**
   * A floating-point tensor as f32, row-major; read by range, so that only this tensor is in memory. Refuses other
   * shapes than `shape` and values that are not finite with `weights-invalid`.
   */
  floats(name: string, shape?: readonly number[]): Promise<Float32Array<ArrayBuffer>>;
  /** Rows [first, first + count) of a tensor of two dimensions as f32; nothing else of it is read. As `floats` otherwise. */
  rows(name: string, first: number, count: number): Promise<Float32Array<ArrayBuffer>>;
  /** The type that a tensor's elements are stored in; null where its values are computed, as when a LoRA is merged in. */
  storedType(name: string): ElementType | null;
  /**
   * A tensor as it is stored, to be used without a detour over f32; only where `storedType` is not null. Of a tensor of
   * two dimensions some rows may be asked for: then nothing else of it is read. Refuses what `floats` refuses.
   */
  stored(name: string, shape?: readonly number[], rows?: Run): Promise<StoredTensor>;
}
