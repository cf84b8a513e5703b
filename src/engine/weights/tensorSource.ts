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
}
