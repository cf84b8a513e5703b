/** Value of every IEEE half, by its bits. */
let table: Float32Array<ArrayBuffer> | null = null;

function halfTable(): Float32Array<ArrayBuffer> {
  if (table) return table;
  table = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 31) table[bits] = fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    else if (exponent === 0) table[bits] = sign * fraction * 2 ** -24;
    else table[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return table;
}

/** IEEE half precision to f32, exact. */
export function decodeFloat16(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const values = halfTable();
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = values[bits[i] ?? 0] ?? 0;
  return out;
}

/** bfloat16 to f32, exact. */
export function decodeBfloat16(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const wide = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) wide[i] = (bits[i] ?? 0) << 16;
  return new Float32Array(wide.buffer);
}
