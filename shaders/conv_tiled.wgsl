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
        for (var i = 0u; i < 2u; i++) {
          let item = local + i * 64u;
          let r = item / 4u;
          let k = item % 4u;
          let pixel = i32(min(row0 + r, rows - 1u));
          let px = pixel % width + dx;
          let py = (pixel / width) % height + dy;
          var xv = vec4f();
          var wv = vec4f();
          if (slab + k < inner) {
            if (px >= 0 && px < width && py >= 0 && py < height) {
              xv = layout.$.x[u32(frame + pixel + dy * width + dx) * inner + slab + k];
            }
            let column = min(column0 + r, outputs - 1u);
            wv = layout.$.w[((column * sources + s) * 9u + u32(tap)) * inner + slab + k];
          }
#for e in 0..4
          xSlab[(k * 4u + ${e}u) * 8u + r / 4u][r % 4u] = xv[${e}];
          wSlab[(k * 4u + ${e}u) * 8u + r / 4u][r % 4u] = wv[${e}];
#end
        }
        workgroupBarrier();
        for (var k = 0u; k < SLAB; k++) {
          let xv = xSlab[k * 8u + ty];
          let wv = wSlab[k * 8u + tx];
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
