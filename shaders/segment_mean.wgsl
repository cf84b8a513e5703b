// mean[head, segment] = mean of x[order[head, i]] over the positions i of the segment; an empty segment keeps its mean
//
// Centroids of k-means, and descriptors of runs of tokens. Rows are added in the order of their positions, so that the
// sum has the same bits every time. Four features of one segment of one head an invocation.
// x: [rows, D4 vec4]; order: [heads, positions]; starts: [heads, segments + 1]; mean: [heads, segments, D4 vec4].

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let item = (workgroup.y * workgroups.x + workgroup.x) * 64u + local;
  let segments = layout.$.params.segments;
  let d4 = layout.$.params.d4;
  if (item >= layout.$.params.heads * segments * d4) {
    return;
  }
  let part = item % d4;
  let segment = item / d4 % segments;
  let head = item / d4 / segments;
  let first = layout.$.starts[head * (segments + 1u) + segment];
  let end = layout.$.starts[head * (segments + 1u) + segment + 1u];
  if (first == end) {
    return;
  }
  var sum = vec4f();
  for (var i = first; i < end; i++) {
    sum += layout.$.x[layout.$.order[head * layout.$.params.positions + i] * d4 + part];
  }
  layout.$.mean[item] = sum / f32(end - first);
}
