// y[frames, height, width, outputs] = epilogue(3x3 convolution of x, zero padding 1, + bias)
//
// Portable f32 variant of conv_quad.wgsl (same operands and EPILOGUE): a workgroup of 8 x 8 invocations
// makes 32 pixels x 32 output channels, 4 x 4 values each. For every source and tap, slabs of 16 input
// channels of both operands are staged in workgroup memory, transposed.

const TILE = 32u;
const SLAB = 16u;

var<workgroup> xSlab: array<vec4f, 128>;
var<workgroup> wSlab: array<vec4f, 128>;

@compute @workgroup_size(64)
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
  let columnTiles = (outputs + TILE - 1u) / TILE;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let row0 = (tile / columnTiles) * TILE;
  let column0 = (tile % columnTiles) * TILE;
  let ty = local / 8u;
  let tx = local % 8u;

  var acc: array<vec4f, 4>;
  for (var s = 0u; s < sources; s++) {
    let frame = i32(sources - 1u - s) * height * width;
    for (var tap = 0; tap < 9; tap++) {
      let dy = tap / 3 - 1;
      let dx = tap % 3 - 1;
      for (var slab = 0u; slab < inner; slab += SLAB / 4u) {
        // As in gemm_tiled.wgsl: four pixels (or output channels) and four input channels an invocation.
        let quad = (local % 32u) / 4u;
        let k = local % 4u;
        let channel = min(slab + k, inner - 1u);
        let live = slab + k < inner;
        if (local < 32u) {
#for r in 0..4
          let pixel_${r} = i32(min(row0 + quad * 4u + ${r}u, rows - 1u));
          let px_${r} = pixel_${r} % width + dx;
          let py_${r} = (pixel_${r} / width) % height + dy;
          let inside_${r} = live && px_${r} >= 0 && px_${r} < width && py_${r} >= 0 && py_${r} < height;
          let from_${r} = select(0u, u32(frame + pixel_${r} + dy * width + dx), inside_${r});
          let x_${r} = select(vec4f(), layout.$.x[from_${r} * inner + channel], inside_${r});
#end
#for e in 0..4
          xSlab[(k * 4u + ${e}u) * 8u + quad] = vec4f(x_0[${e}], x_1[${e}], x_2[${e}], x_3[${e}]);
#end
        } else {
#for r in 0..4
          let column_${r} = min(column0 + quad * 4u + ${r}u, outputs - 1u);
          let wAt_${r} = ((column_${r} * sources + s) * 9u + u32(tap)) * inner + channel;
          let w_${r} = select(vec4f(), layout.$.w[wAt_${r}], live);
#end
#for e in 0..4
          wSlab[(k * 4u + ${e}u) * 8u + quad] = vec4f(w_0[${e}], w_1[${e}], w_2[${e}], w_3[${e}]);
#end
        }
        workgroupBarrier();
        for (var i = 0u; i < SLAB; i++) {
          let xv = xSlab[i * 8u + ty];
          let wv = wSlab[i * 8u + tx];
#for r in 0..4
          acc[${r}] += xv[${r}] * wv;
#end
        }
        workgroupBarrier();
      }
    }
  }

#for r in 0..4
#for c in 0..4
  {
    let r = row0 + ty * 4u + ${r}u;
    let c = column0 + tx * 4u + ${c}u;
    if (r < rows && c < outputs) {
      let value = acc[${r}][${c}] + layout.$.bias[c];
#if EPILOGUE == 0
      layout.$.y[r * outputs + c] = value;
#end
#if EPILOGUE == 1
      layout.$.y[r * outputs + c] = max(value, 0.0);
#end
#if EPILOGUE == 2
      layout.$.y[r * outputs + c] += value;
#end
    }
  }
#end
#end
}
