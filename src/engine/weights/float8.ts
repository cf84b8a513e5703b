/** Value of every 8-bit float by its code, of one format. */
type Table = Float32Array<ArrayBuffer>;

const e4m3Nan = 0x7f;

/** 1 sign, 4 exponent (bias 7), 3 mantissa; no infinities, the two codes of all ones are NaN, the largest is 448. */
const e4m3 = lazy((code) => {
  if ((code & e4m3Nan) === e4m3Nan) return Number.NaN;
  const exponent = (code >> 3) & 15;
  const mantissa = code & 7;
  return exponent === 0 ? mantissa * 2 ** -9 : (1 + mantissa / 8) * 2 ** (exponent - 7);
});

/** 1 sign, 5 exponent (bias 15), 2 mantissa: the upper byte of an IEEE half, infinities and NaN included. */
const e5m2 = lazy((code) => {
  const exponent = (code >> 2) & 31;
  const mantissa = code & 3;
  if (exponent === 31) return mantissa === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? mantissa * 2 ** -16 : (1 + mantissa / 4) * 2 ** (exponent - 15);
});

/** F8_E4M3 (in PyTorch: float8_e4m3fn) to f32, exact. */
export function decodeFloat8E4m3(codes: Uint8Array): Float32Array<ArrayBuffer> {
  return lookUp(codes, e4m3());
}

/** F8_E5M2 to f32, exact. */
export function decodeFloat8E5m2(codes: Uint8Array): Float32Array<ArrayBuffer> {
  return lookUp(codes, e5m2());
}

function lookUp(codes: Uint8Array, table: Table): Float32Array<ArrayBuffer> {
  const out = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) out[i] = table[codes[i] ?? 0] ?? 0;
  return out;
}

/** The table of a format, made when it is first asked for; `magnitude` gives the value without its sign. */
function lazy(magnitude: (code: number) => number): () => Table {
  let table: Table | null = null;
  return () => {
    table ??= Float32Array.from({ length: 256 }, (_, code) => (code & 0x80 ? -1 : 1) * magnitude(code));
    return table;
  };
}
