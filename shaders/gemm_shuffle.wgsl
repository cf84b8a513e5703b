// y[rows, columns] = epilogue(a[rows, inner] * w[columns, inner]^T + bias[columns])
//
// For GPUs with subgroups, without workgroup memory or barriers: LANES neighbouring lanes of a subgroup make a tile
// of ROWS x COLUMNS * LANES. A lane loads rows of `a`, which shuffles show to the others, and owns columns lane,
// LANES + lane, ... LANES is a power of two and at most the size of every subgroup, so any size works.
//
// GROUPS: tiles in a workgroup. FORMAT, ACTIVATED: stored_weights.wgsl, which stands before this file.
// inner is a multiple of 4.

@compute @workgroup_size(${LANES * GROUPS})
@diagnostic(off, subgroup_uniformity)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_invocation_id) invocation: u32,
) {
  let rows = layout.$.params.rows;
  let columns = layout.$.params.columns;
  let inner = layout.$.params.inner / 4u;
  let epilogue = layout.$.params.epilogue;
  let columnTiles = (columns + ${COLUMNS * LANES - 1}u) / ${COLUMNS * LANES}u;
  let tile = (workgroup.y * workgroups.x + workgroup.x) * ${GROUPS}u + local / ${LANES}u;
  let lane = invocation % ${LANES}u;
  let first = invocation - lane;
  let row0 = (tile / columnTiles) * ${ROWS}u;
  let column0 = (tile % columnTiles) * ${COLUMNS * LANES}u + lane;

#for g in 0..(ROWS + LANES - 1) / LANES
  let rowAt_${g} = min(row0 + ${g * LANES}u + lane % ${ROWS}u, rows - 1u) * inner;
#end
#for c in 0..COLUMNS
  let column_${c} = min(column0 + ${c * LANES}u, columns - 1u);
#end
#for r in 0..ROWS
#for c in 0..COLUMNS
  var acc_${r}_${c} = 0.0;
#end
#end

  for (var k = 0u; k < inner; k++) {
#for g in 0..(ROWS + LANES - 1) / LANES
    let a_${g} = layout.$.a[rowAt_${g} + k];
#end
#for c in 0..COLUMNS
    let w_${c} = weight4(column_${c}, k);
#end
#for r in 0..ROWS
    {
      let row = subgroupShuffle(a_${r / LANES}, first + ${r % LANES}u);
#for c in 0..COLUMNS
      acc_${r}_${c} += dot(row, w_${c});
#end
    }
#end
  }

#for c in 0..COLUMNS
  if (column0 + ${c * LANES}u < columns) {
    let scale = weightScale(column_${c});
    let shift = layout.$.bias[column_${c}];
    let factor = select(1.0, layout.$.gate[column_${c}], epilogue == 4u);
#for r in 0..ROWS
    if (row0 + ${r}u < rows) {
      let at = (row0 + ${r}u) * columns + column_${c};
      var value = activate(acc_${r}_${c} * scale + shift, epilogue);
#if ACTIVATED == 0
      if (epilogue >= 3u) {
        value = layout.$.y[at] + factor * value;
      }
#end
      layout.$.y[at] = value;
    }
#end
  }
#end
}
