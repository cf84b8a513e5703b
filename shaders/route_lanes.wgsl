// group[firstRow + row] = argmax softmax(router x[row]);  weight[firstRow + row] = the winning probability
//
// route.wgsl for GPUs: LANES neighbouring invocations share a row, so that they load neighbouring vectors.
// lane_sum.wgsl stands before this file; ROWS rows a workgroup.

@compute @workgroup_size(${LANES * ROWS})
@diagnostic(off, subgroup_uniformity)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let wanted = (workgroup.y * workgroups.x + workgroup.x) * ${ROWS}u + local / ${LANES}u;
  let rows = layout.$.params.rows;
  let row = min(wanted, rows - 1u);
  let lane = local % ${LANES}u;
  let width = layout.$.params.width / 4u;
#for g in 0..GROUPS
  var part_${g} = 0.0;
#end
  for (var i = lane; i < width; i += ${LANES}u) {
    let value = layout.$.x[row * width + i];
#for g in 0..GROUPS
    part_${g} += dot(value, layout.$.router[${g}u * width + i]);
#end
  }
#for g in 0..GROUPS
  let logit_${g} = laneSum(part_${g}, local);
#end
  if (lane == 0u && wanted < rows) {
    var best = 0u;
    var top = logit_0;
#for g in 1..GROUPS
    if (logit_${g} > top) {
      top = logit_${g};
      best = ${g}u;
    }
#end
    var sum = 0.0;
#for g in 0..GROUPS
    sum += exp(logit_${g} - top);
#end
    layout.$.group[layout.$.params.firstRow + row] = best;
    layout.$.weight[layout.$.params.firstRow + row] = 1.0 / sum;
  }
}
