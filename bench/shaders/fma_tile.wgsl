// The multiply-adds of a matrix product and nothing else: a tile of ROWS x COLUMNS sums, INNER products for each of them a
// round, and not one load. What a product reaches beside this is what its loads cost; what this reaches beside
// fma_chain.wgsl is what it costs that a tile large enough to load little does not fit into registers.
//
// Operands come from a uniform and the sum is stored in a case that never comes, so nothing can be folded or dropped.
// An invocation does iterations * ROWS * COLUMNS * INNER multiply-adds.

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) local: u32) {
  let start = f32(workgroup.x * 64u + local) * 1e-6;
#for k in 0..INNER
#for r in 0..ROWS
  let a_${r}_${k} = start + layout.$.params.factor * ${r * INNER + k}.0;
#end
#for c in 0..COLUMNS
  let w_${c}_${k} = layout.$.params.addend * ${c * INNER + k}.0 - start;
#end
#end
#for r in 0..ROWS
#for c in 0..COLUMNS
  var sum_${r}_${c} = start;
#end
#end

  for (var i = 0u; i < layout.$.params.iterations; i++) {
#for r in 0..ROWS
#for c in 0..COLUMNS
    sum_${r}_${c} =
#for k in 0..INNER
      fma(a_${r}_${k}, w_${c}_${k},
#end
      sum_${r}_${c}
#for k in 0..INNER
      )
#end
      ;
#end
#end
  }

  var total = 0.0;
#for r in 0..ROWS
#for c in 0..COLUMNS
  total += sum_${r}_${c};
#end
#end
  if (total == layout.$.params.never) {
    layout.$.out[workgroup.x] = total;
  }
}
