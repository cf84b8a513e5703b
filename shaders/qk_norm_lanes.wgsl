// x[row] = rotate(x[row] / sqrt(mean(x[row]^2) + eps) * weight), in place
//
// qk_norm.wgsl for GPUs (same operands and switches): LANES neighbouring invocations share a row, so that they load
// neighbouring vectors. lane_sum.wgsl stands before this file; ROWS rows a workgroup.

@compute @workgroup_size(${LANES * ROWS})
@diagnostic(off, subgroup_uniformity)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let wanted = (workgroup.y * workgroups.x + workgroup.x) * ${ROWS}u + local / ${LANES}u;
  let rows = layout.$.params.rows;
  let row = min(wanted, rows - 1u);
  let lane = local % ${LANES}u;
  let headWidth = layout.$.params.headSize / 4u;
  let width = layout.$.params.heads * headWidth;
  let at = row * width;
  var squares = vec4f();
  for (var i = lane; i < width; i += ${LANES}u) {
    let value = layout.$.x[at + i];
    squares += value * value;
  }
  let meanSquare = laneSum(dot(squares, vec4f(1.0)), local) / f32(width * 4u);
  let inverse = inverseSqrt(meanSquare + layout.$.params.eps);
#if ROPE
  let token = row + layout.$.params.firstRow;
  let perFrame = layout.$.params.gridRows * layout.$.params.gridColumns;
  let framePairs = layout.$.params.framePairs;
  let sidePairs = layout.$.params.sidePairs;
  let frameAt = (token / perFrame) * framePairs;
  let rowAt = layout.$.params.frames * framePairs + ((token % perFrame) / layout.$.params.gridColumns) * sidePairs;
  let columnAt = (layout.$.params.frames * framePairs + layout.$.params.gridRows * sidePairs) + (token % layout.$.params.gridColumns) * sidePairs;
#end
  if (wanted < rows) {
    for (var i = lane; i < width; i += ${LANES}u) {
      let value = layout.$.x[at + i] * inverse * layout.$.weight[i];
#if ROPE
#for e in 0..2
      let pair_${e} = 2u * (i % headWidth) + ${e}u;
      var angleAt_${e} = frameAt + pair_${e};
      if (pair_${e} >= framePairs + sidePairs) {
        angleAt_${e} = columnAt + pair_${e} - framePairs - sidePairs;
      } else if (pair_${e} >= framePairs) {
        angleAt_${e} = rowAt + pair_${e} - framePairs;
      }
      let turn_${e} = layout.$.rotations[angleAt_${e}];
#end
      layout.$.x[at + i] = vec4f(
        value.x * turn_0.x - value.y * turn_0.y,
        value.x * turn_0.y + value.y * turn_0.x,
        value.z * turn_1.x - value.w * turn_1.y,
        value.z * turn_1.y + value.w * turn_1.x,
      );
#else
      layout.$.x[at + i] = value;
#end
    }
  }
}
