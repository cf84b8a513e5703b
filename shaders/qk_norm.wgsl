// x[row] = rotate(x[row] / sqrt(mean(x[row]^2) + eps) * weight), in place
//
// The query and key norm of Wan: RMSNorm over the whole width (all heads together), then 3D RoPE with
// interleaved pairs: pair p of every head turns by the angle of its axis (frame, row or column of the
// token grid) at the token's position. ROPE = 0 leaves the rotation out (cross-attention).
//
// One row an invocation. x: [rows, heads * headSize]; rotations: (cos, sin) of the frame axis
// [frames, framePairs], then of the row axis [gridRows, sidePairs], then of the column axis.
// firstRow: token row of row 0. headSize is a multiple of 4.

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let row = (workgroup.y * workgroups.x + workgroup.x) * 16u + local;
  if (row >= layout.$.params.rows) {
    return;
  }
  let headWidth = layout.$.params.headSize / 4u;
  let width = layout.$.params.heads * headWidth;
  let at = row * width;
  var squares = vec4f();
  for (var i = 0u; i < width; i++) {
    let value = layout.$.x[at + i];
    squares += value * value;
  }
  let inverse = inverseSqrt(dot(squares, vec4f(1.0)) / f32(width * 4u) + layout.$.params.eps);

#if ROPE
  let token = row + layout.$.params.firstRow;
  let perFrame = layout.$.params.gridRows * layout.$.params.gridColumns;
  let framePairs = layout.$.params.framePairs;
  let sidePairs = layout.$.params.sidePairs;
  let frameAt = (token / perFrame) * framePairs;
  let rowAt = layout.$.params.frames * framePairs + ((token % perFrame) / layout.$.params.gridColumns) * sidePairs;
  let columnAt = (layout.$.params.frames * framePairs + layout.$.params.gridRows * sidePairs) + (token % layout.$.params.gridColumns) * sidePairs;
#end

  for (var i = 0u; i < headWidth; i++) {
#if ROPE
#for e in 0..2
    let pair_${e} = 2u * i + ${e}u;
    var angleAt_${e} = frameAt + pair_${e};
    if (pair_${e} >= framePairs + sidePairs) {
      angleAt_${e} = columnAt + pair_${e} - framePairs - sidePairs;
    } else if (pair_${e} >= framePairs) {
      angleAt_${e} = rowAt + pair_${e} - framePairs;
    }
    let turn_${e} = layout.$.rotations[angleAt_${e}];
#end
#end
    for (var head = 0u; head < layout.$.params.heads; head++) {
      let j = head * headWidth + i;
      let value = layout.$.x[at + j] * inverse * layout.$.weight[j];
#if ROPE
      layout.$.x[at + j] = vec4f(
        value.x * turn_0.x - value.y * turn_0.y,
        value.x * turn_0.y + value.y * turn_0.x,
        value.z * turn_1.x - value.w * turn_1.y,
        value.z * turn_1.y + value.w * turn_1.x,
      );
#else
      layout.$.x[at + j] = value;
#end
    }
  }
}
