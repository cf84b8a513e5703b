// counts[head, bucket, run] becomes the sum over the runs before; starts[head, bucket] = the sum over all runs
//
// Second pass of the sort by label (bucket_count.wgsl). One bucket of one head an invocation.
// starts: [heads, buckets + 1].

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let item = (workgroup.y * workgroups.x + workgroup.x) * 16u + local;
  let buckets = layout.$.params.buckets;
  if (item >= buckets * layout.$.params.heads) {
    return;
  }
  let runs = layout.$.params.runs;
  var total = 0u;
  for (var run = 0u; run < runs; run++) {
    let count = layout.$.counts[item * runs + run];
    layout.$.counts[item * runs + run] = total;
    total += count;
  }
  layout.$.starts[item / buckets * (buckets + 1u) + item % buckets] = total;
}
