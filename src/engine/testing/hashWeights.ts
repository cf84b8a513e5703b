/** 32-bit FNV-1a of a text. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** Values in [-1, 1) that depend on a name and their place alone, so that another program can make the same ones. */
export function hashValues(name: string, count: number): Float32Array<ArrayBuffer> {
  const start = fnv1a(name);
  const out = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let u = (start + i) | 0;
    u ^= u >>> 16;
    u = Math.imul(u, 0x7feb352d);
    u ^= u >>> 15;
    u = Math.imul(u, 0x846ca68b);
    u ^= u >>> 16;
    out[i] = ((u >>> 0) / 2 ** 32) * 2 - 1;
  }
  return out;
}

/** A tensor of a network with weights of the size that training starts from, by Wan's name of it. */
export function hashWeights(name: string, shape: readonly number[]): Float32Array<ArrayBuffer> {
  const count = shape.reduce((product, size) => product * size, 1);
  const values = hashValues(name, count);
  const [factor, offset] = spread(name, shape);
  for (let i = 0; i < count; i++) values[i] = (values[i] ?? 0) * factor + offset;
  return values;
}

function spread(name: string, shape: readonly number[]): [factor: number, offset: number] {
  if (name.endsWith('gamma') || (name.includes('norm') && name.endsWith('weight'))) return [0.1, 1];
  if (name.endsWith('modulation')) return [0.2, 0];
  if (shape.length === 1) return [0.1, 0];
  if (shape.length === 2 && name.includes('embedding.weight')) return [1, 0];
  return [Math.sqrt(3 / shape.slice(1).reduce((product, size) => product * size, 1)), 0];
}
