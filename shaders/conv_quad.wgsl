// y[frames, height, width, outputs] = epilogue(3x3 convolution of x, zero padding 1, + bias)
//
// x holds `sources - 1` frames before the first: with two sources, source 0 is the frame itself and
// source 1 the frame before it (the causal memory of a MemBlock). w is [outputs, sources, 3, 3, inputs].
// An implicit matrix product in the manner of gemm_quad.wgsl: rows are pixels, and the inner dimension
// runs over source, tap and input channel. Channels last; inputs is a multiple of 4.
//
// ROWS, COLUMNS, QUADS, UNROLL as in gemm_quad.wgsl; here the sums lie in an array, which compiles in half the time. params.epilogue: 0 none, 1 ReLU, 2 y + result.

@compute @workgroup_size(${QUADS * 4})
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let height = i32(layout.$.params.height);
  let width = i32(layout.$.params.width);
  let rows = layout.$.params.frames * layout.$.params.height * layout.$.params.width;
  let outputs = layout.$.params.outputs;
  let inner = layout.$.params.inputs / 4u;
  let sources = layout.$.params.sources;
  let columnTiles = (outputs + ${COLUMNS * 4 - 1}u) / ${COLUMNS * 4}u;
  let tile = (workgroup.y * workgroups.x + workgroup.x) * ${QUADS}u + local / 4u;
  let lane = local % 4u;
  let row = (tile / columnTiles) * ${ROWS}u;
  let column = (tile % columnTiles) * ${COLUMNS * 4}u + lane;

#for g in 0..ROWS / 4
  let pixel_${g} = i32(min(row + ${g * 4}u + lane, rows - 1u));
  let x_${g} = pixel_${g} % width;
  let y_${g} = (pixel_${g} / width) % height;
#end
#for c in 0..COLUMNS
  let column_${c} = min(column + ${c * 4}u, outputs - 1u);
  var columnAt_${c} = column_${c} * sources * 9u * inner;
#end
  var acc: array<f32, ${ROWS * COLUMNS}>;

  for (var s = 0u; s < sources; s++) {
    let frame = i32(sources - 1u - s) * height * width;
    for (var tap = 0; tap < 9; tap++) {
      let dy = tap / 3 - 1;
      let dx = tap % 3 - 1;
#for g in 0..ROWS / 4
      let inside_${g} = x_${g} + dx >= 0 && x_${g} + dx < width && y_${g} + dy >= 0 && y_${g} + dy < height;
      let mask_${g} = select(0.0, 1.0, inside_${g});
      let rowAt_${g} = u32(frame + select(0, pixel_${g} + dy * width + dx, inside_${g})) * inner;
#end
      for (var k = 0u; k < inner; k += ${UNROLL}u) {
#for c in 0..COLUMNS
#for u in 0..UNROLL
        let w_${c}_${u} = layout.$.w[columnAt_${c} + k + ${u}u];
#end
#end
#for g in 0..ROWS / 4
#for u in 0..UNROLL
        let a_${g}_0_${u} = layout.$.x[rowAt_${g} + k + ${u}u] * mask_${g};
        let a_${g}_1_${u} = quadSwapX(a_${g}_0_${u});
        let a_${g}_2_${u} = quadSwapY(a_${g}_0_${u});
        let a_${g}_3_${u} = quadSwapDiagonal(a_${g}_0_${u});
#end
#for j in 0..4
#for c in 0..COLUMNS
        acc[${(g * 4 + j) * COLUMNS + c}] =
#for u in 0..UNROLL
          fma(a_${g}_${j}_${u}.w, w_${c}_${u}.w, fma(a_${g}_${j}_${u}.z, w_${c}_${u}.z,
          fma(a_${g}_${j}_${u}.y, w_${c}_${u}.y, fma(a_${g}_${j}_${u}.x, w_${c}_${u}.x,
#end
          acc[${(g * 4 + j) * COLUMNS + c}]
#for u in 0..UNROLL
          ))))
#end
          ;
#end
#end
#end
      }
#for c in 0..COLUMNS
      columnAt_${c} += inner;
#end
    }
  }

#for c in 0..COLUMNS
  let bias_${c} = layout.$.bias[column_${c}];
#end
  let epilogue = layout.$.params.epilogue;
  for (var i = 0u; i < ${ROWS}u; i++) {
    let r = row + (i & ~3u) + (lane ^ (i & 3u));
    if (r < rows) {
#for c in 0..COLUMNS
      if (column + ${c * 4}u < outputs) {
        let at = r * outputs + column_${c};
        var value = acc[i * ${COLUMNS}u + ${c}u] + bias_${c};
        value = select(value, max(value, 0.0), epilogue == 1u);
        if (epilogue == 2u) {
          value += layout.$.y[at];
        }
        layout.$.y[at] = value;
      }
#end
    }
  }
}
