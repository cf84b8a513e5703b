// group[firstRow + row] = argmax softmax(router x[row]);  weight[firstRow + row] = the winning probability
//
// MoGA's router (arXiv 2510.18692, section 3): one linear layer without bias. Ties go to the lower group.
// One row an invocation. x: [rows, width]; router: [GROUPS, width]; width is a multiple of 4.

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let row = (workgroup.y * workgroups.x + workgroup.x) * 16u + local;
  if (row >= layout.$.params.rows) {
    return;
  }
  let width = layout.$.params.width / 4u;
#for g in 0..GROUPS
  var logit_${g} = 0.0;
#end
  for (var i = 0u; i < width; i++) {
    let value = layout.$.x[row * width + i];
#for g in 0..GROUPS
    logit_${g} += dot(value, layout.$.router[${g}u * width + i]);
#end
  }
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
