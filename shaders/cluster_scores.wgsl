// scores[head, i, j] = scale * q[head, i] . k[head, j]
//
// How much a cluster of queries wants a cluster of keys, by their centroids. One pair an invocation.
// q: [heads, queryClusters, D4 vec4]; k: [heads, keyClusters, D4 vec4].

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let item = (workgroup.y * workgroups.x + workgroup.x) * 64u + local;
  let keyClusters = layout.$.params.keyClusters;
  let queryClusters = layout.$.params.queryClusters;
  if (item >= layout.$.params.heads * queryClusters * keyClusters) {
    return;
  }
  let d4 = layout.$.params.d4;
  let queryAt = item / keyClusters * d4;
  let keyAt = (item / keyClusters / queryClusters * keyClusters + item % keyClusters) * d4;
  var s = 0.0;
  for (var d = 0u; d < d4; d++) {
    s += dot(layout.$.q[queryAt + d], layout.$.k[keyAt + d]);
  }
  layout.$.scores[item] = s * layout.$.params.scale;
}
