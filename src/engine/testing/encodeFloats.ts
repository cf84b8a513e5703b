/** Float types that test checkpoints are written in. */
export type WrittenType = 'F32' | 'F16' | 'BF16' | 'F8_E4M3';

/** Values in another type's bytes, rounded to the nearest. */
export function encodeFloats(type: WrittenType, values: Float32Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  switch (type) {
    case 'F32':
      return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    case 'F16':
      return new Uint8Array(float16Bits(values).buffer);
    case 'BF16':
      return new Uint8Array(bfloat16Bits(values).buffer);
    case 'F8_E4M3':
      return Uint8Array.from(values, float8Code);
  }
}

function float16Bits(values: Float32Array<ArrayBuffer>): Uint16Array<ArrayBuffer> {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < words.length; i++) {
    const bits = words[i] ?? 0;
    const sign = (bits >>> 16) & 0x8000;
    const exponent = ((bits >>> 23) & 255) - 112;
    if (exponent >= 31) out[i] = sign | 0x7bff;
    else if (exponent <= 0) out[i] = sign | Math.round(Math.abs(values[i] ?? 0) * 2 ** 24);
    else {
      const mantissa = bits & 0x7f_ffff;
      // Carries into the exponent where the mantissa overflows, as it must.
      const half = (exponent << 10) + (mantissa >>> 13);
      const rest = mantissa & 0x1fff;
      out[i] = sign | (half + (rest > 0x1000 || (rest === 0x1000 && (half & 1) === 1) ? 1 : 0));
    }
  }
  return out;
}

function bfloat16Bits(values: Float32Array<ArrayBuffer>): Uint16Array<ArrayBuffer> {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(words, (bits) => (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
}

/** Nearest float8_e4m3fn; values past the largest become it. */
function float8Code(value: number): number {
  const sign = value < 0 ? 0x80 : 0;
  const size = Math.min(Math.abs(value), 448);
  if (size < 2 ** -10) return sign;
  let exponent = Math.max(Math.floor(Math.log2(size)), -6);
  let mantissa = Math.round(size / 2 ** (exponent - 3));
  if (mantissa === 16) {
    exponent += 1;
    mantissa = 8;
  }
  return sign | (mantissa < 8 ? mantissa : ((exponent + 7) << 3) | (mantissa - 8));
}
