// y = x, four values an invocation: the bandwidth that a kernel can see.

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * 64u + local;
  if (i < layout.$.params.count) {
    layout.$.y[i] = layout.$.x[i];
  }
}
