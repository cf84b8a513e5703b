// y[frames, height, width, outputs] = epilogue(3x3 convolution of x, zero padding 1, + bias)
//
// For GPUs (operands and params.epilogue as in conv_quad.wgsl): an implicit matrix product in the manner of gemm_block.wgsl,
// with its tiles and switches. Rows are pixels, columns output channels; the inner dimension runs over source, tap
// and input channel, a slab of SLAB input channels of one tap at a time.

#if HALF
alias Staged = vec4h;
#else
alias Staged = vec4f;
#end

const A_STRIDE = ${TILE_ROWS / 4 + 1}u;
const W_STRIDE = ${TILE_COLUMNS / 4 + 1}u;

var<workgroup> aSlab: array<Staged, ${BUFFERS * SLAB * (TILE_ROWS / 4 + 1)}>;
var<workgroup> wSlab: array<Staged, ${BUFFERS * SLAB * (TILE_COLUMNS / 4 + 1)}>;

// Position of a slab in the inner dimension: source, tap, first vector of input channels.
struct Slab {
  source: u32,
  tap: u32,
  channel: u32,
}

fn slabAt(index: u32) -> Slab {
  let slabs = (layout.$.params.inputs / 4u + ${SLAB / 4 - 1}u) / ${SLAB / 4}u;
  let tap = index / slabs;
  return Slab(tap / 9u, tap % 9u, (index % slabs) * ${SLAB / 4}u);
}

// Four pixels (or output channels) and four input channels an item, turned in registers.
fn stage(item: u32, row0: u32, column0: u32, slab: Slab, buffer: u32) {
  let height = i32(layout.$.params.height);
  let width = i32(layout.$.params.width);
  let rows = layout.$.params.frames * layout.$.params.height * layout.$.params.width;
  let sources = layout.$.params.sources;
  let inner = layout.$.params.inputs / 4u;
  let k = item % ${SLAB / 4}u;
  let channel = min(slab.channel + k, inner - 1u);
  let live = slab.channel + k < inner && slab.source < sources;
  if (item < ${TILE_ROWS / 4 * SLAB / 4}u) {
    let quad = item / ${SLAB / 4}u;
    let dy = i32(slab.tap) / 3 - 1;
    let dx = i32(slab.tap) % 3 - 1;
    let frame = (i32(sources) - 1 - i32(slab.source)) * height * width;
#for r in 0..4
    let pixel_${r} = i32(min(row0 + quad * 4u + ${r}u, rows - 1u));
    let px_${r} = pixel_${r} % width + dx;
    let py_${r} = (pixel_${r} / width) % height + dy;
    let inside_${r} = live && px_${r} >= 0 && px_${r} < width && py_${r} >= 0 && py_${r} < height;
    let at_${r} = select(0u, u32(frame + pixel_${r} + dy * width + dx), inside_${r});
    let x_${r} = select(vec4f(), layout.$.x[at_${r} * inner + channel], inside_${r});
#end
#for e in 0..4
    aSlab[(buffer * ${SLAB}u + k * 4u + ${e}u) * A_STRIDE + quad] = Staged(vec4f(x_0[${e}], x_1[${e}], x_2[${e}], x_3[${e}]));
#end
  } else {
    let quad = (item - ${TILE_ROWS / 4 * SLAB / 4}u) / ${SLAB / 4}u;
#for r in 0..4
    let column_${r} = min(column0 + quad * 4u + ${r}u, layout.$.params.outputs - 1u);
    let wAt_${r} = ((column_${r} * sources + min(slab.source, sources - 1u)) * 9u + slab.tap) * inner + channel;
    let w_${r} = select(vec4f(), layout.$.w[wAt_${r}], live);
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
  let rows = layout.$.params.frames * layout.$.params.height * layout.$.params.width;
  let columns = layout.$.params.outputs;
  let epilogue = layout.$.params.epilogue;
  let slabs = layout.$.params.sources * 9u * ((layout.$.params.inputs / 4u + ${SLAB / 4 - 1}u) / ${SLAB / 4}u);
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
    stage(item, row0, column0, slabAt(0u), 0u);
  }
  workgroupBarrier();
#end
  for (var slab = 0u; slab < slabs; slab++) {
#if BUFFERS == 2
    let buffer = slab % 2u;
    for (var item = local; item < ${(TILE_ROWS + TILE_COLUMNS) / 4 * SLAB / 4}u; item += ${TILE_ROWS / PER_ROWS * (TILE_COLUMNS / PER_COLUMNS)}u) {
      stage(item, row0, column0, slabAt(slab + 1u), 1u - buffer);
    }
#else
    let buffer = 0u;
    for (var item = local; item < ${(TILE_ROWS + TILE_COLUMNS) / 4 * SLAB / 4}u; item += ${TILE_ROWS / PER_ROWS * (TILE_COLUMNS / PER_COLUMNS)}u) {
      stage(item, row0, column0, slabAt(slab), 0u);
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
#if VECTORS
      let shift = layout.$.bias[column / 4u];
#else
      let shift = vec4f(layout.$.bias[column_0], layout.$.bias[column_1], layout.$.bias[column_2], layout.$.bias[column_3]);
#end
#for r in 0..PER_ROWS
      {
        let row = row0 + (ty + ${r / 4 * (TILE_ROWS / PER_ROWS)}u) * 4u + ${r % 4}u;
        if (row < rows) {
          var value = acc_${r}_${p} + shift;
          value = select(value, max(value, vec4f()), epilogue == 1u);
          let at = row * columns + column;
#if VECTORS
          if (epilogue == 2u) {
            value += layout.$.y[at / 4u];
          }
          layout.$.y[at / 4u] = value;
#else
#for c in 0..4
          if (column + ${c}u < columns) {
            if (epilogue == 2u) {
              value[${c}] += layout.$.y[at + ${c}u];
            }
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
