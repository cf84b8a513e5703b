/** Bytes that `count` values of `bits` bits take. */
export function packedBytes(count: number, bits: number): number {
  return Math.ceil((count * bits) / 8);
}

/** Bits that tell so many values apart, 0 to 8. */
export function bitsFor(values: number): number {
  return Math.ceil(Math.log2(Math.max(values, 1)));
}

/** Values below 2^bits one after the other, the lowest bit first; `bits` is 0 to 8. */
export function packBits(values: ArrayLike<number>, bits: number): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(packedBytes(values.length, bits));
  for (let i = 0; i < values.length; i++) {
    const at = i * bits;
    const shifted = (values[i] ?? 0) << (at % 8);
    const byte = at >> 3;
    packed[byte] = (packed[byte] ?? 0) | shifted;
    if (byte + 1 < packed.length) packed[byte + 1] = (packed[byte + 1] ?? 0) | (shifted >> 8);
  }
  return packed;
}

/** Takes `count` values apart that packBits has put together. */
export function unpackBits(packed: Uint8Array, count: number, bits: number): Uint8Array<ArrayBuffer> {
  const mask = 2 ** bits - 1;
  return Uint8Array.from({ length: count }, (_, i) => {
    const at = i * bits;
    const byte = at >> 3;
    const pair = (packed[byte] ?? 0) | ((packed[byte + 1] ?? 0) << 8);
    return (pair >> (at % 8)) & mask;
  });
}
