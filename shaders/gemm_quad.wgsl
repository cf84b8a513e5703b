// y[rows, columns] = epilogue(a[rows, inner] * w[columns, inner]^T + bias[columns])
//
// For adapters whose subgroups are quads of four lanes (WebGPU on a CPU): no barrier, no workgroup
// memory, and every load fetches four different values, because there a load costs as much as 40
// multiply-adds. A quad makes a tile of ROWS x 4*COLUMNS. Lane l loads rows l, 4+l, 8+l, ... of `a`
// and owns columns l, 4+l, 8+l, ...; quad swaps hand its neighbours' rows to it, so that register
// acc_g_j_c of lane l holds row 4g + (l xor j), column 4c + l.
//
// ROWS, COLUMNS: tile; ROWS is a multiple of 4. QUADS: quads in a workgroup. inner is a multiple of 4.
// UNROLL: vectors of four inner values that a turn of the loop takes: every turn costs a masked store of all
// accumulators. FORMAT: stored_weights.wgsl, which stands before this file.
// EPILOGUE: 0 none, 1 GELU (tanh form), 2 SiLU, 3 y + result, 4 y + gate[column] * result.

@compute @workgroup_size(${QUADS * 4})
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let rows = layout.$.params.rows;
  let columns = layout.$.params.columns;
  let inner = layout.$.params.inner / 4u;
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
#if UNROLL == 2
    acc_${g}_${j}_${c} += dot(a_${g}_${j}_0, w_${c}_0) + dot(a_${g}_${j}_1, w_${c}_1);
#else
    acc_${g}_${j}_${c} += dot(a_${g}_${j}_0, w_${c}_0);
#end
#end
#end
#end
  }

#for c in 0..COLUMNS
  if (column + ${c * 4}u < columns) {
    let bias = layout.$.bias[column_${c}];
    let scale = weightScale(column_${c});
#if EPILOGUE == 4
    let gate = layout.$.gate[column_${c}];
#end
#for g in 0..ROWS / 4
#for j in 0..4
    {
      let r = row + ${g * 4}u + (lane ^ ${j}u);
      if (r < rows) {
        let at = r * columns + column_${c};
        let value = acc_${g}_${j}_${c} * scale + bias;
#if EPILOGUE == 0
        layout.$.y[at] = value;
#end
#if EPILOGUE == 1 || EPILOGUE == 2
        layout.$.y[at] = activate(value);
#end
#if EPILOGUE == 3
        layout.$.y[at] += value;
#end
#if EPILOGUE == 4
        layout.$.y[at] += gate * value;
#end
      }
    }
#end
#end
  }
#end
}
