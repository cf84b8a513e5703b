/** Numbers in [0, 1) that depend on the seed alone (mulberry32). */
export function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` values, uniform in [-magnitude, magnitude). */
export function randomFloats(seed: number, count: number, magnitude = 1): Float32Array<ArrayBuffer> {
  const next = randomSource(seed);
  return Float32Array.from({ length: count }, () => (2 * next() - 1) * magnitude);
}

/** `count` whole numbers, uniform in [0, end). */
export function randomIntegers(seed: number, count: number, end: number): Uint32Array<ArrayBuffer> {
  const next = randomSource(seed);
  return Uint32Array.from({ length: count }, () => Math.floor(next() * end));
}

/** The numbers 0 to count - 1 in random order. */
export function randomPermutation(seed: number, count: number): Uint32Array<ArrayBuffer> {
  const next = randomSource(seed);
  const keys = Array.from({ length: count }, (_, value) => ({ value, key: next() }));
  return Uint32Array.from(keys.sort((a, b) => a.key - b.key).map(({ value }) => value));
}
