// y[row, i] = a[row, i] + b[i]: the same row added to every row. One value an invocation.
// IN_PLACE: 1 = y[row, i] += b[i].
// a, y: [rows, width]; b: [width].

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * 64u + local;
  if (i >= layout.$.params.rows * layout.$.params.width) {
    return;
  }
#if IN_PLACE
  layout.$.y[i] += layout.$.b[i % layout.$.params.width];
#else
  layout.$.y[i] = layout.$.a[i] + layout.$.b[i % layout.$.params.width];
#end
}
