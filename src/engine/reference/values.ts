/** What the host holds for a GPU buffer. */
export type Values = Float32Array | Float64Array | Uint32Array;

/** Arguments of a kernel with host arrays in place of its buffers. */
export type OnHost<Arguments> = {
  [Name in keyof Arguments]: GPUBuffer extends Arguments[Name] ? Values : Arguments[Name];
};

/** The value at `index`. Throws past the end, where an array would give undefined. */
export function at(values: ArrayLike<number>, index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`index ${index} of ${values.length} values`);
  return value;
}
