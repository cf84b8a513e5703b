// out[row] = scale * weight[row] * softmax(q[row] k^T / sqrt(D)) v   over the keys of the row's segment
//
// One online-softmax pass (Milakov and Gimelshein 2018; FlashAttention, Dao et al. 2022) over a segment
// list, for adapters whose subgroups are quads of four lanes (WebGPU on a CPU): no barrier, no workgroup
// memory. A quad serves one tile of 4*QUERIES query rows for one head; lane l owns queries l, 4+l, ...
// A step loads four keys, one a lane, and quad swaps show each lane all four.
//
// list: [tile count, position of the runs, -, -], then per tile [first query, queries, first run, runs],
//       then per run [first key, keys]. Positions are turned into rows by queryRows and keyRows.
// D4: head size / 4. QUERIES: queries a lane. QUADS: quads in a workgroup.
// params.laterAt: above 0, weight[laterAt + row] is added to scores of keys beyond the first run of the row's segment.
// params.weighted: 1 = multiply by weight[row]. params.combine: 0 = replace what `out` holds, 1 = add to it, 2 = begin
// one softmax of several lists, 3 = go on with it. Then scale and weight[row] are of the row's mass, the sum of exp(score):
// its logarithm lies at massesAt + row * heads + head, in the first of four values.
// Outputs lie in an array, and both switches are uniforms, so that one pipeline with little code serves all. In the
// loop only what outlives a turn is a variable: every store to one is masked.

@compute @workgroup_size(${QUADS * 4})
@diagnostic(off, subgroup_uniformity)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let heads = layout.$.params.heads;
  let lane = local % 4u;
  let item = (workgroup.y * workgroups.x + workgroup.x) * ${QUADS}u + local / 4u;
  let head = item % heads;
  let tile = item / heads + layout.$.params.firstTile;
  let tileAt = 4u + 4u * tile;
  let live = tile < min(layout.$.list[0], layout.$.params.endTile);
  let firstQuery = select(0u, layout.$.list[tileAt], live);
  let queries = select(0u, layout.$.list[tileAt + 1u], live);
  let firstRun = layout.$.list[1] + 2u * select(0u, layout.$.list[tileAt + 2u], live);
  let runs = select(0u, layout.$.list[tileAt + 3u], live);
  let headAt = head * ${D4}u;
  let width = heads * ${D4}u;
  let lastQuery = max(queries, 1u) - 1u;

#for c in 0..QUERIES
  let queryRow_${c} = layout.$.queryRows[firstQuery + min(${c * 4}u + lane, lastQuery)];
#for d in 0..D4
  let q_${c}_${d} = layout.$.q[queryRow_${c} * width + headAt + ${d}u] * layout.$.params.softmaxScale;
#end
  let later_${c} = select(0.0, layout.$.weight[layout.$.params.laterAt + queryRow_${c}], layout.$.params.laterAt > 0u);
  var max_${c} = -1e30;
  var sum_${c} = 0.0;
#end

  var o: array<vec4f, ${D4 * QUERIES}>;

  for (var r = 0u; r < runs; r++) {
    let firstKey = layout.$.list[firstRun + 2u * r];
    let keys = layout.$.list[firstRun + 2u * r + 1u];
#for c in 0..QUERIES
    let gained_${c} = select(0.0, later_${c}, r > 0u);
#end
    for (var i = 0u; i < keys; i += 4u) {
      let keyAt = layout.$.keyRows[firstKey + min(i + lane, keys - 1u)] * width + headAt;
#for c in 0..QUERIES
#for j in 0..4
      let s_${c}_${j}_0 = gained_${c};
#end
#end
#for d in 0..D4
      let k_0_${d} = layout.$.k[keyAt + ${d}u];
      let k_1_${d} = quadSwapX(k_0_${d});
      let k_2_${d} = quadSwapY(k_0_${d});
      let k_3_${d} = quadSwapDiagonal(k_0_${d});
#for c in 0..QUERIES
#for j in 0..4
      let s_${c}_${j}_${d + 1} = fma(k_${j}_${d}.w, q_${c}_${d}.w, fma(k_${j}_${d}.z, q_${c}_${d}.z,
        fma(k_${j}_${d}.y, q_${c}_${d}.y, fma(k_${j}_${d}.x, q_${c}_${d}.x, s_${c}_${j}_${d}))));
#end
#end
#end
#for j in 0..4
      let seen_${j} = i + (lane ^ ${j}u) < keys;
#end
#for c in 0..QUERIES
#for j in 0..4
      let t_${c}_${j} = select(-1e30, s_${c}_${j}_${D4}, seen_${j});
#end
      let top_${c} = max(max(max_${c}, max(t_${c}_0, t_${c}_1)), max(t_${c}_2, t_${c}_3));
      let keep_${c} = exp(max_${c} - top_${c});
      max_${c} = top_${c};
#for j in 0..4
      let p_${c}_${j} = exp(t_${c}_${j} - top_${c});
#end
      sum_${c} = fma(sum_${c}, keep_${c}, (p_${c}_0 + p_${c}_1) + (p_${c}_2 + p_${c}_3));
#end
#for d in 0..D4
      {
        let v_0 = layout.$.v[keyAt + ${d}u];
        let v_1 = quadSwapX(v_0);
        let v_2 = quadSwapY(v_0);
        let v_3 = quadSwapDiagonal(v_0);
#for c in 0..QUERIES
        o[${d * QUERIES + c}] = fma(v_3, vec4f(p_${c}_3), fma(v_2, vec4f(p_${c}_2),
          fma(v_1, vec4f(p_${c}_1), fma(v_0, vec4f(p_${c}_0), o[${d * QUERIES + c}] * keep_${c}))));
#end
      }
#end
    }
  }

  let combine = layout.$.params.combine;
#for c in 0..QUERIES
  let live_${c} = ${c * 4}u + lane < queries;
  var scale_${c} = select(0.0, 1.0 / sum_${c}, sum_${c} > 0.0);
  var weight_${c} = layout.$.params.outputScale;
  if (layout.$.params.weighted == 1u) {
    weight_${c} *= layout.$.weight[queryRow_${c}];
  }
  var kept_${c} = select(0.0, 1.0, combine == 1u);
  if (combine < 2u) {
    scale_${c} *= weight_${c};
  } else if (live_${c}) {
    let massAt = layout.$.params.massesAt + queryRow_${c} * heads + head;
    var mass = select(-1e30, max_${c} + log(sum_${c} * weight_${c}), sum_${c} > 0.0);
    if (combine == 3u) {
      let before = layout.$.out[massAt].x;
      let gap = clamp(mass - before, -80.0, 80.0);
      kept_${c} = 1.0 / (1.0 + exp(gap));
      scale_${c} /= 1.0 + exp(-gap);
      mass = max(mass, before) + log(1.0 + exp(-abs(gap)));
    }
    layout.$.out[massAt] = vec4f(mass, 0.0, 0.0, 0.0);
  }
#end
  for (var d = 0u; d < ${D4}u; d++) {
#for c in 0..QUERIES
    if (live_${c}) {
      let at = queryRow_${c} * width + headAt + d;
      var value = o[d * ${QUERIES}u + ${c}u] * scale_${c};
      if ((combine & 1u) == 1u) {
        value += layout.$.out[at] * kept_${c};
      }
      layout.$.out[at] = value;
    }
#end
  }
}
