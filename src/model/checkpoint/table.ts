/** What is known of a stored tensor without reading it. */
export interface TensorFacts {
  /** Element type as the file names it: F32, F16, BF16, F8_E4M3 and so on. */
  type: string;
  shape: readonly number[];
}

/** Tensors of one file, or of all shards of one checkpoint, by their stored names. */
export type TensorTable = ReadonlyMap<string, TensorFacts>;

/** Shape of every tensor that a network needs, by Wan's own name. */
export type Inventory = ReadonlyMap<string, readonly number[]>;

/** Numbers behind a pattern's first group over all names: the `N` of `blocks.N.`, counted. */
export function countIndexed(table: TensorTable, prefix: string): number {
  const seen = new Set<string>();
  for (const name of table.keys()) {
    if (!name.startsWith(prefix)) continue;
    const index = /^(\d+)\./.exec(name.slice(prefix.length))?.[1];
    if (index !== undefined) seen.add(index);
  }
  return seen.size;
}

/** One size of a tensor; 0 when there is no such tensor or dimension, which no inventory then fits. */
export function sizeOf(table: TensorTable, name: string, dimension: number): number {
  return table.get(name)?.shape[dimension] ?? 0;
}

/** Inventory of a Linear or convolution: weight of this shape, and a bias of its first size. */
export function withBias(name: string, shape: readonly number[]): [string, readonly number[]][] {
  return [
    [`${name}.weight`, shape],
    [`${name}.bias`, shape.slice(0, 1)],
  ];
}
