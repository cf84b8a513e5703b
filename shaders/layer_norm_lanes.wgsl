// y[row] = (x[row] - mean) / sqrt(variance + eps) * (one + scale) + shift
//
// layer_norm.wgsl for GPUs: LANES neighbouring invocations share a row, so that they load neighbouring vectors.
// lane_sum.wgsl stands before this file; ROWS rows a workgroup.

@compute @workgroup_size(${LANES * ROWS})
@diagnostic(off, subgroup_uniformity)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let wanted = (workgroup.y * workgroups.x + workgroup.x) * ${ROWS}u + local / ${LANES}u;
  let rows = layout.$.params.rows;
  let row = min(wanted, rows - 1u);
  let lane = local % ${LANES}u;
  let width = layout.$.params.width / 4u;
  let at = row * width;
  var total = vec4f();
  for (var i = lane; i < width; i += ${LANES}u) {
    total += layout.$.x[at + i];
  }
  let mean = laneSum(dot(total, vec4f(1.0)), local) / f32(width * 4u);
  var squares = vec4f();
  for (var i = lane; i < width; i += ${LANES}u) {
    let centred = layout.$.x[at + i] - mean;
    squares += centred * centred;
  }
  let variance = laneSum(dot(squares, vec4f(1.0)), local) / f32(width * 4u);
  let inverse = inverseSqrt(variance + layout.$.params.eps);
  if (wanted < rows) {
    for (var i = lane; i < width; i += ${LANES}u) {
      let factor = (layout.$.params.one + layout.$.scale[i]) * inverse;
      layout.$.y[at + i] = (layout.$.x[at + i] - mean) * factor + layout.$.shift[i];
    }
  }
}
