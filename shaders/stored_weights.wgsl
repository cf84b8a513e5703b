// weight4(column, k): values 4k .. 4k+3 of a row of w [columns, inner], decoded from its storage format.
// Put before the shaders of gemm. Formats (FORMAT), as storedMatrix.ts writes them:
//   0  f32   vec4f
//   1  f16   two values in a word; the row is stored times a power of two that scales[column] takes back,
//            so that no value is subnormal: adapters may flush those
//   2  int8  four values in a word; scales[column] is the step
//   3  int4  eight values in a word; scales holds (step, offset) for every 32 values of a row
// weightScale(column) is what a sum over weight4 still has to be multiplied by.
// EXACT_BITS: 1 = f16 is decoded by integer operations, which SwiftShader does faster than unpack2x16float.

#if FORMAT == 1
#if EXACT_BITS
// Sign, exponent and fraction moved to their places in f32; the product sets the exponent's bias right.
fn halves(h: vec2u) -> vec4f {
  let low = vec2u(vec2i(h << vec2u(16u)) >> vec2u(3u)) & vec2u(0x8fffe000u);
  let high = vec2u(vec2i(h) >> vec2u(3u)) & vec2u(0x8fffe000u);
  return bitcast<vec4f>(vec4u(low.x, high.x, low.y, high.y)) * 5.192296858534828e33;
}
#else
fn halves(h: vec2u) -> vec4f {
  return vec4f(unpack2x16float(h.x), unpack2x16float(h.y));
}
#end
#end

fn weight4(column: u32, k: u32) -> vec4f {
  let at = column * (layout.$.params.inner / 4u) + k;
#if FORMAT == 0
  return layout.$.w[at];
#end
#if FORMAT == 1
  return halves(layout.$.w[at]);
#end
#if FORMAT == 2
  let word = layout.$.w[at];
  return vec4f(vec4i(vec4u(word << 24u, word << 16u, word << 8u, word)) >> vec4u(24u));
#end
#if FORMAT == 3
  let word = layout.$.w[at / 2u] >> (16u * (at % 2u));
  let scale = layout.$.scales[column * (layout.$.params.inner / 32u) + k / 8u];
  return vec4f((vec4u(word) >> vec4u(0u, 4u, 8u, 12u)) & vec4u(15u)) * scale.x + scale.y;
#end
}

fn weightScale(column: u32) -> f32 {
#if FORMAT == 1 || FORMAT == 2
  return layout.$.scales[column];
#else
  return 1.0;
#end
}

// ACTIVATED: 0, params.epilogue is 0 none, 3 y + result, 4 y + gate[column] * result; 1, it is 1 GELU (tanh form), 2 SiLU.
// A uniform where it costs nothing, for every pipeline takes its time to compile.
fn activate(x: f32, epilogue: u32) -> f32 {
#if ACTIVATED
  // (1 + tanh(u)) / 2 is the logistic function of 2u: both are x * logistic(t). Past 30 it is 0 or 1 in f32.
  let twice = clamp(1.5957691216057308 * (x + 0.044715 * x * x * x), -30.0, 30.0);
  let t = select(x, twice, epilogue == 1u);
  return x / (1.0 + exp(-t));
#else
  return x;
#end
}
