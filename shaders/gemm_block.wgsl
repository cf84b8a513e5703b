// y[rows, columns] = epilogue(a[rows, inner] * w[columns, inner]^T + bias[columns])
//
// For GPUs: a workgroup makes a tile of TILE_ROWS x TILE_COLUMNS, an invocation PER_ROWS x PER_COLUMNS of it.
// Slabs of SLAB inner values of both operands are staged in workgroup memory, transposed, so that a step reads
// four neighbouring rows and four neighbouring columns as one vector each; neighbouring invocations read
// neighbouring vectors, and a row of the slab has one vector to spare, so that writes meet different banks.
//
// BUFFERS: 2 = a slab is staged while the one before it is used: one barrier a slab, twice the memory.
// HALF: 1 = staged and multiplied in f16; four products are added in f16, everything else in f32.
// VECTORS: 1 = columns is a multiple of 4, and y, bias and gate are read and written as vectors.
// FORMAT, ACTIVATED: stored_weights.wgsl, which stands before this file. inner is a multiple of 4.

#if HALF
alias Staged = vec4h;
#else
alias Staged = vec4f;
#end

const A_STRIDE = ${TILE_ROWS / 4 + 1}u;
const W_STRIDE = ${TILE_COLUMNS / 4 + 1}u;

var<workgroup> aSlab: array<Staged, ${BUFFERS * SLAB * (TILE_ROWS / 4 + 1)}>;
var<workgroup> wSlab: array<Staged, ${BUFFERS * SLAB * (TILE_COLUMNS / 4 + 1)}>;

// Four rows (or columns) and four inner values an item, turned in registers: invocations that store into
// components of one vector would race.
fn stage(item: u32, row0: u32, column0: u32, slab: u32, buffer: u32) {
  let inner = layout.$.params.inner / 4u;
  let rows = layout.$.params.rows;
  let columns = layout.$.params.columns;
  if (item < ${TILE_ROWS / 4 * SLAB / 4}u) {
    let quad = item / ${SLAB / 4}u;
    let k = item % ${SLAB / 4}u;
    let live = slab + k < inner;
    let at = min(slab + k, inner - 1u);
#for r in 0..4
    let a_${r} = select(vec4f(), layout.$.a[min(row0 + quad * 4u + ${r}u, rows - 1u) * inner + at], live);
#end
#for e in 0..4
    aSlab[(buffer * ${SLAB}u + k * 4u + ${e}u) * A_STRIDE + quad] = Staged(vec4f(a_0[${e}], a_1[${e}], a_2[${e}], a_3[${e}]));
#end
  } else {
    let quad = (item - ${TILE_ROWS / 4 * SLAB / 4}u) / ${SLAB / 4}u;
    let k = item % ${SLAB / 4}u;
    let live = slab + k < inner;
    let at = min(slab + k, inner - 1u);
#for r in 0..4
    let column_${r} = min(column0 + quad * 4u + ${r}u, columns - 1u);
#if HALF
    let w_${r} = select(vec4f(), weight4(column_${r}, at) * weightScale(column_${r}), live);
#else
    let w_${r} = select(vec4f(), weight4(column_${r}, at), live);
#end
#end
#for e in 0..4
    wSlab[(buffer * ${SLAB}u + k * 4u + ${e}u) * W_STRIDE + quad] = Staged(vec4f(w_0[${e}], w_1[${e}], w_2[${e}], w_3[${e}]));
#end
  }
}

@compute @workgroup_size(${TILE_ROWS / PER_ROWS * (TILE_COLUMNS / PER_COLUMNS)})
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let rows = layout.$.params.rows;
  let columns = layout.$.params.columns;
  let inner = layout.$.params.inner / 4u;
  let epilogue = layout.$.params.epilogue;
  let columnTiles = (columns + ${TILE_COLUMNS - 1}u) / ${TILE_COLUMNS}u;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let row0 = (tile / columnTiles) * ${TILE_ROWS}u;
  let column0 = (tile % columnTiles) * ${TILE_COLUMNS}u;
  let ty = local / ${TILE_COLUMNS / PER_COLUMNS}u;
  let tx = local % ${TILE_COLUMNS / PER_COLUMNS}u;

#for r in 0..PER_ROWS
#for p in 0..PER_COLUMNS / 4
  var acc_${r}_${p} = vec4f();
#end
#end

#if BUFFERS == 2
  for (var item = local; item < ${(TILE_ROWS + TILE_COLUMNS) / 4 * SLAB / 4}u; item += ${TILE_ROWS / PER_ROWS * (TILE_COLUMNS / PER_COLUMNS)}u) {
    stage(item, row0, column0, 0u, 0u);
  }
  workgroupBarrier();
#end
  for (var slab = 0u; slab < inner; slab += ${SLAB / 4}u) {
#if BUFFERS == 2
    let buffer = (slab / ${SLAB / 4}u) % 2u;
    for (var item = local; item < ${(TILE_ROWS + TILE_COLUMNS) / 4 * SLAB / 4}u; item += ${TILE_ROWS / PER_ROWS * (TILE_COLUMNS / PER_COLUMNS)}u) {
      stage(item, row0, column0, slab + ${SLAB / 4}u, 1u - buffer);
    }
#else
    let buffer = 0u;
    for (var item = local; item < ${(TILE_ROWS + TILE_COLUMNS) / 4 * SLAB / 4}u; item += ${TILE_ROWS / PER_ROWS * (TILE_COLUMNS / PER_COLUMNS)}u) {
      stage(item, row0, column0, slab, 0u);
    }
    workgroupBarrier();
#end
    let aFrom = buffer * ${SLAB}u * A_STRIDE + ty;
    let wFrom = buffer * ${SLAB}u * W_STRIDE + tx;
#if HALF
    for (var i = 0u; i < ${SLAB}u; i += 4u) {
#for e in 0..4
#for q in 0..PER_ROWS / 4
      let a_${e}_${q} = aSlab[aFrom + (i + ${e}u) * A_STRIDE + ${q * (TILE_ROWS / PER_ROWS)}u];
#end
#for p in 0..PER_COLUMNS / 4
      let w_${e}_${p} = wSlab[wFrom + (i + ${e}u) * W_STRIDE + ${p * (TILE_COLUMNS / PER_COLUMNS)}u];
#end
#end
#for r in 0..PER_ROWS
#for p in 0..PER_COLUMNS / 4
      acc_${r}_${p} += vec4f((a_0_${r / 4}[${r % 4}] * w_0_${p} + a_1_${r / 4}[${r % 4}] * w_1_${p}) + (a_2_${r / 4}[${r % 4}] * w_2_${p} + a_3_${r / 4}[${r % 4}] * w_3_${p}));
#end
#end
    }
#else
    for (var i = 0u; i < ${SLAB}u; i++) {
#for q in 0..PER_ROWS / 4
      let a_${q} = aSlab[aFrom + i * A_STRIDE + ${q * (TILE_ROWS / PER_ROWS)}u];
#end
#for p in 0..PER_COLUMNS / 4
      let w_${p} = wSlab[wFrom + i * W_STRIDE + ${p * (TILE_COLUMNS / PER_COLUMNS)}u];
#end
#for r in 0..PER_ROWS
#for p in 0..PER_COLUMNS / 4
      acc_${r}_${p} += a_${r / 4}[${r % 4}] * w_${p};
#end
#end
    }
#end
    workgroupBarrier();
  }

#for p in 0..PER_COLUMNS / 4
  {
    let column = column0 + (tx + ${p * (TILE_COLUMNS / PER_COLUMNS)}u) * 4u;
    if (column < columns) {
#for c in 0..4
      let column_${c} = min(column + ${c}u, columns - 1u);
#end
#if HALF
      let scale = vec4f(1.0);
#else
      let scale = vec4f(weightScale(column_0), weightScale(column_1), weightScale(column_2), weightScale(column_3));
#end
#if VECTORS
      let shift = layout.$.bias[column / 4u];
#else
      let shift = vec4f(layout.$.bias[column_0], layout.$.bias[column_1], layout.$.bias[column_2], layout.$.bias[column_3]);
#end
#if VECTORS
      let given = layout.$.gate[column / 4u];
#else
      let given = vec4f(layout.$.gate[column_0], layout.$.gate[column_1], layout.$.gate[column_2], layout.$.gate[column_3]);
#end
      let factor = select(vec4f(1.0), given, epilogue == 4u);
#for r in 0..PER_ROWS
      {
        let row = row0 + (ty + ${r / 4 * (TILE_ROWS / PER_ROWS)}u) * 4u + ${r % 4}u;
        if (row < rows) {
          let sum = acc_${r}_${p} * scale + shift;
          var value = vec4f(
            activate(sum.x, epilogue),
            activate(sum.y, epilogue),
            activate(sum.z, epilogue),
            activate(sum.w, epilogue),
          );
          let at = row * columns + column;
#if VECTORS
#if ACTIVATED == 0
          if (epilogue >= 3u) {
            value = layout.$.y[at / 4u] + factor * value;
          }
#end
          layout.$.y[at / 4u] = value;
#else
#for c in 0..4
          if (column + ${c}u < columns) {
#if ACTIVATED == 0
            if (epilogue >= 3u) {
              value[${c}] = layout.$.y[at + ${c}u] + factor[${c}] * value[${c}];
            }
#end
            layout.$.y[at + ${c}u] = value[${c}];
          }
#end
#end
        }
      }
#end
    }
  }
#end
}
