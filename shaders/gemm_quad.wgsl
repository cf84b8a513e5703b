// y[rows, columns] = epilogue(a[rows, inner] * w[columns, inner]^T + bias[columns])
//
// For adapters whose subgroups are quads of four lanes (WebGPU on a CPU): no barrier, no workgroup
// memory, and every load fetches four different values, because there a load costs as much as 40
// multiply-adds. A quad makes a tile of ROWS x 4*COLUMNS. Lane l loads rows l, 4+l, 8+l, ... of `a`
// and owns columns l, 4+l, 8+l, ...; quad swaps hand its neighbours' rows to it, so that register
// acc_g_j_c of lane l holds row 4g + (l xor j), column 4c + l.
//
// After the loop the sums go into an array, over which the epilogue walks with one copy of its code: unrolled, it
// takes as long to compile as the product. In the loop itself an array would be a fifth slower.
//
// ROWS, COLUMNS: tile; ROWS is a multiple of 4. QUADS: quads in a workgroup. inner is a multiple of 4.
// UNROLL: vectors of four inner values that a turn of the loop takes: every turn costs a masked store of all
// accumulators. FORMAT, ACTIVATED: stored_weights.wgsl, which stands before this file.

@compute @workgroup_size(${QUADS * 4})
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let rows = layout.$.params.rows;
  let columns = layout.$.params.columns;
  let inner = layout.$.params.inner / 4u;
  let epilogue = layout.$.params.epilogue;
  let columnTiles = (columns + ${COLUMNS * 4 - 1}u) / ${COLUMNS * 4}u;
  let tile = (workgroup.y * workgroups.x + workgroup.x) * ${QUADS}u + local / 4u;
  let lane = local % 4u;
  let row = (tile / columnTiles) * ${ROWS}u;
  let column = (tile % columnTiles) * ${COLUMNS * 4}u + lane;

#for g in 0..ROWS / 4
  let rowAt_${g} = min(row + ${g * 4}u + lane, rows - 1u) * inner;
#end
#for c in 0..COLUMNS
  let column_${c} = min(column + ${c * 4}u, columns - 1u);
#end
#for g in 0..ROWS / 4
#for j in 0..4
#for c in 0..COLUMNS
  var acc_${g}_${j}_${c} = 0.0;
#end
#end
#end

  for (var k = 0u; k < inner; k += ${UNROLL}u) {
#for c in 0..COLUMNS
#for u in 0..UNROLL
    let w_${c}_${u} = weight4(column_${c}, k + ${u}u);
#end
#end
#for g in 0..ROWS / 4
#for u in 0..UNROLL
    let a_${g}_0_${u} = layout.$.a[rowAt_${g} + k + ${u}u];
    let a_${g}_1_${u} = quadSwapX(a_${g}_0_${u});
    let a_${g}_2_${u} = quadSwapY(a_${g}_0_${u});
    let a_${g}_3_${u} = quadSwapDiagonal(a_${g}_0_${u});
#end
#for j in 0..4
#for c in 0..COLUMNS
    acc_${g}_${j}_${c} =
#for u in 0..UNROLL
      fma(a_${g}_${j}_${u}.w, w_${c}_${u}.w, fma(a_${g}_${j}_${u}.z, w_${c}_${u}.z,
      fma(a_${g}_${j}_${u}.y, w_${c}_${u}.y, fma(a_${g}_${j}_${u}.x, w_${c}_${u}.x,
#end
      acc_${g}_${j}_${c}
#for u in 0..UNROLL
      ))))
#end
      ;
#end
#end
#end
  }

  var sums: array<f32, ${ROWS * COLUMNS}>;
#for g in 0..ROWS / 4
#for j in 0..4
#for c in 0..COLUMNS
  sums[${(g * 4 + j) * COLUMNS + c}] = acc_${g}_${j}_${c};
#end
#end
#end
#for c in 0..COLUMNS
  let bias_${c} = layout.$.bias[column_${c}];
  let scale_${c} = weightScale(column_${c});
#if ACTIVATED == 0
  let gate_${c} = select(1.0, layout.$.gate[column_${c}], epilogue == 4u);
#end
#end
  for (var i = 0u; i < ${ROWS}u; i++) {
    let r = row + (i & ~3u) + (lane ^ (i & 3u));
    if (r < rows) {
#for c in 0..COLUMNS
      if (column + ${c * 4}u < columns) {
        let at = r * columns + column_${c};
        var value = sums[i * ${COLUMNS}u + ${c}u] * scale_${c} + bias_${c};
#if ACTIVATED
        value = activate(value, epilogue);
#else
        if (epilogue >= 3u) {
          value = layout.$.y[at] + gate_${c} * value;
        }
#end
        layout.$.y[at] = value;
      }
#end
    }
  }
}
