// Multiply-adds at the adapter's best rate: a_c = a_c * factor + addend in CHAINS independent chains.
//
// Factor and addend come from a uniform and the sum is stored in a case that never comes, so nothing can be folded or
// dropped. Every invocation does iterations * UNROLL * CHAINS * WIDTH multiply-adds.
//
// CHAINS: chains an invocation. WIDTH: 1 = f32, 4 = vec4f. EXPLICIT: 1 = fma(), 0 = a product and a sum,
// which some adapters fuse and on which those without a fused instruction are faster.

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) local: u32) {
  let start = f32(workgroup.x * 64u + local) * 1e-6;
#if WIDTH == 4
  let factor = vec4f(layout.$.params.factor);
  let addend = vec4f(layout.$.params.addend);
#for c in 0..CHAINS
  var a_${c} = vec4f(start + ${c}.0);
#end
#else
  let factor = layout.$.params.factor;
  let addend = layout.$.params.addend;
#for c in 0..CHAINS
  var a_${c} = start + ${c}.0;
#end
#end

  for (var i = 0u; i < layout.$.params.iterations; i++) {
#for u in 0..UNROLL
#for c in 0..CHAINS
#if EXPLICIT
    a_${c} = fma(a_${c}, factor, addend);
#else
    a_${c} = a_${c} * factor + addend;
#end
#end
#end
  }

#if WIDTH == 4
  var sum = vec4f();
#else
  var sum = 0.0;
#end
#for c in 0..CHAINS
  sum += a_${c};
#end
#if WIDTH == 4
  let total = sum.x + sum.y + sum.z + sum.w;
#else
  let total = sum;
#end
  if (total == layout.$.params.never) {
    layout.$.out[workgroup.x] = total;
  }
}
