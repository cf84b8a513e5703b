// label[head, token] = the c that is nearest to x[token, head]: argmax of x . c - |c|^2 / 2, ties to the lower c
//
// The assignment of k-means, every head by itself. One row of one head an invocation, which holds it in registers;
// invocations side by side belong to the same head and read the same centroid at the same time.
// firstRow, endRow: rows head * tokens + token that this dispatch takes.
// x: [tokens, heads, D4 vec4]; centroids: [heads, clusters, D4 vec4]; labels: [heads, tokens].

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let item = layout.$.params.firstRow + (workgroup.y * workgroups.x + workgroup.x) * 64u + local;
  let tokens = layout.$.params.tokens;
  let heads = layout.$.params.heads;
  let clusters = layout.$.params.clusters;
  if (item >= layout.$.params.endRow) {
    return;
  }
  let head = item / tokens;
  let rowAt = ((item % tokens) * heads + head) * ${D4}u;
#for d in 0..D4
  let x_${d} = layout.$.x[rowAt + ${d}u];
#end
  var best = 0u;
  var top = -1e30;
  for (var c = 0u; c < clusters; c++) {
    let at = (head * clusters + c) * ${D4}u;
    var s = 0.0;
#for d in 0..D4
    {
      let centroid = layout.$.centroids[at + ${d}u];
      s += dot(centroid, x_${d} - 0.5 * centroid);
    }
#end
    if (s > top) {
      top = s;
      best = c;
    }
  }
  layout.$.labels[item] = best;
}
