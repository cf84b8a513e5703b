// y[rows, columns] = epilogue(a[rows, inner] * w[columns, inner]^T + bias[columns])
//
// For devices with Chromium's experimental subgroup matrices, f16 in and f32 out. A workgroup of four times LANES
// invocations makes a tile of 64 x 64: each of four subgroups makes 32 x 32 of it from matrices of M x N; where
// subgroups are smaller than LANES there are more of them, which only help to stage.
// Slabs of 32 inner values are staged in workgroup memory as f16, rows of both operands one after the other with
// 8 values to spare. Tiles at the edge are staged whole: rows and inner values past the end are clamped or zero,
// because a load past the end of a buffer would be moved elsewhere. Sums pass through workgroup memory, where
// invocations can see their elements.
//
// M, N, K: the adapter's shape, of 8 or 16 each. LANES: the most that a subgroup may have.
// FORMAT, ACTIVATED: stored_weights.wgsl, which stands before this file.

const STRIDE = 40u;

var<workgroup> aSlab: array<f16, 2560>;
var<workgroup> wSlab: array<f16, 2560>;
// A quarter of the tile at a time: 16 rows of 64 columns.
var<workgroup> sums: array<f32, 1024>;

@compute @workgroup_size(${4 * LANES})
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_id) part: u32,
) {
  let rows = layout.$.params.rows;
  let columns = layout.$.params.columns;
  let inner = layout.$.params.inner / 4u;
  let epilogue = layout.$.params.epilogue;
  let columnTiles = (columns + 63u) / 64u;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let row0 = (tile / columnTiles) * 64u;
  let column0 = (tile % columnTiles) * 64u;
  let multiplies = part < 4u;
  let partRow = (part / 2u) * 32u;
  let partColumn = (part % 2u) * 32u;

#for i in 0..32 / M
#for j in 0..32 / N
  var acc_${i}_${j} = subgroup_matrix_result<f32, ${N}, ${M}>();
#end
#end

  for (var slab = 0u; slab < inner; slab += 8u) {
    workgroupBarrier();
    for (var item = local; item < 1024u; item += ${4 * LANES}u) {
      let k = item % 8u;
      let live = slab + k < inner;
      let kAt = min(slab + k, inner - 1u);
      if (item < 512u) {
        let r = item / 8u;
        let value = select(vec4f(), layout.$.a[min(row0 + r, rows - 1u) * inner + kAt], live);
#for e in 0..4
        aSlab[r * STRIDE + k * 4u + ${e}u] = f16(value[${e}]);
#end
      } else {
        let c = item / 8u - 64u;
        let column = min(column0 + c, columns - 1u);
        let value = select(vec4f(), weight4(column, kAt) * weightScale(column), live);
#for e in 0..4
        wSlab[c * STRIDE + k * 4u + ${e}u] = f16(value[${e}]);
#end
      }
    }
    workgroupBarrier();
    if (multiplies) {
#for k in 0..32 / K
#for i in 0..32 / M
      let left_${k}_${i} = subgroupMatrixLoad<subgroup_matrix_left<f16, ${K}, ${M}>, row_major>(&aSlab, (partRow + ${i * M}u) * STRIDE + ${k * K}u, STRIDE);
#end
#for j in 0..32 / N
      let right_${k}_${j} = subgroupMatrixLoad<subgroup_matrix_right<f16, ${N}, ${K}>, col_major>(&wSlab, (partColumn + ${j * N}u) * STRIDE + ${k * K}u, STRIDE);
#end
#for i in 0..32 / M
#for j in 0..32 / N
      acc_${i}_${j} = subgroupMatrixMultiplyAccumulate(left_${k}_${i}, right_${k}_${j}, acc_${i}_${j});
#end
#end
#end
    }
  }

#for quarter in 0..4
  workgroupBarrier();
  if (part / 2u == ${quarter / 2}u) {
#for i in 0..16 / M
#for j in 0..32 / N
    subgroupMatrixStore<row_major>(&sums, ${i * M * 64}u + partColumn + ${j * N}u, acc_${quarter % 2 * 16 / M + i}_${j}, 64u);
#end
#end
  }
  workgroupBarrier();
  for (var item = local; item < 1024u; item += ${4 * LANES}u) {
    let row = row0 + ${quarter * 16}u + item / 64u;
    let column = column0 + item % 64u;
    if (row < rows && column < columns) {
      let at = row * columns + column;
      var value = activate(sums[item] + layout.$.bias[column], epilogue);
#if ACTIVATED == 0
      if (epilogue >= 3u) {
        value = layout.$.y[at] + select(1.0, layout.$.gate[column], epilogue == 4u) * value;
      }
#end
      layout.$.y[at] = value;
    }
  }
#end
}
