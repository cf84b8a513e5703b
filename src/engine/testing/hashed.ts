import type { TensorSource } from '../weights/tensorSource.ts';

/** `count` values in [-1, 1) that depend on the key alone, as training/make_wan_goldens.py computes them. */
export function hashedValues(key: string, count: number): Float32Array<ArrayBuffer> {
  let start = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(key)) start = Math.imul(start ^ byte, 0x01000193);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let u = (start + i) >>> 0;
    u ^= u >>> 16;
    u = Math.imul(u, 0x7feb352d);
    u ^= u >>> 15;
    u = Math.imul(u, 0x846ca68b);
    u ^= u >>> 16;
    values[i] = ((u >>> 0) / 2 ** 32) * 2 - 1;
  }
  return values;
}

/** A weight by its name: norms near one, modulations and biases small, matrices of the size that keeps activations even. */
function hashedWeight(name: string, shape: readonly number[]): Float32Array<ArrayBuffer> {
  const count = shape.reduce((product, size) => product * size, 1);
  const values = hashedValues(name, count);
  if (name.includes('norm') && name.endsWith('weight')) return values.map((value) => 1 + 0.1 * value);
  if (name.endsWith('modulation')) return values.map((value) => 0.2 * value);
  if (shape.length === 1) return values.map((value) => 0.1 * value);
  const inner = count / (shape[0] ?? 1);
  return values.map((value) => value * Math.sqrt(3 / inner));
}

/** A checkpoint of any architecture whose tensors come from their names. `without` has a name's end that it lacks. */
export function hashedTensors(without = 'router.weight'): TensorSource {
  return {
    name: 'hashed',
    has: (name) => !name.endsWith(without),
    shape: () => [],
    floats: async (name, shape = []) => hashedWeight(name, shape),
    rows: () => Promise.reject(new Error('hashed tensors have no rows')),
    storedType: () => null,
    stored: () => Promise.reject(new Error('hashed tensors are stored nowhere')),
  };
}
