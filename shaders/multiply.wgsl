// y[i] *= a[i]: the gate of a gated feed-forward layer. One value an invocation.

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * 64u + local;
  if (i >= layout.$.params.count) {
    return;
  }
  layout.$.y[i] *= layout.$.a[i];
}
