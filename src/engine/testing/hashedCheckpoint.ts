import type { Inventory } from '../../model/checkpoint/table.ts';
import { blobSource } from '../weights/byteSource.ts';
import { Safetensors } from '../weights/safetensors.ts';
import { hashedValues } from './hashed.ts';

/** A weight by its name and shape, as training/make_wan_codec_goldens.py fills it. */
function filled(name: string, shape: readonly number[]): Float32Array<ArrayBuffer> {
  const count = shape.reduce((product, size) => product * size, 1);
  const values = hashedValues(name, count);
  if (name.endsWith('gamma') || (name.includes('norm') && name.endsWith('weight'))) {
    return values.map((value) => 1 + 0.1 * value);
  }
  if (shape.length === 1) return values.map((value) => 0.1 * value);
  if (shape.length === 2 && name.includes('embedding.weight')) return values;
  return values.map((value) => value * Math.sqrt((3 * (shape[0] ?? 1)) / count));
}

/** A safetensors file with these tensors in f32, as bytes. */
export function hashedFile(inventory: Inventory): Blob {
  const header: Record<string, { dtype: string; shape: readonly number[]; data_offsets: number[] }> = {};
  const parts: Float32Array<ArrayBuffer>[] = [];
  let at = 0;
  for (const [name, shape] of inventory) {
    const values = filled(name, shape);
    header[name] = { dtype: 'F32', shape, data_offsets: [at, at + values.byteLength] };
    parts.push(values);
    at += values.byteLength;
  }
  const json = JSON.stringify(header);
  const text = new TextEncoder().encode(json.padEnd(Math.ceil(json.length / 8) * 8));
  return new Blob([BigUint64Array.of(BigInt(text.length)), text, ...parts]);
}

/** The same, opened. */
export function hashedCheckpoint(inventory: Inventory): Promise<Safetensors> {
  return Safetensors.open(blobSource('hashed.safetensors', hashedFile(inventory)));
}
