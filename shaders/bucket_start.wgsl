// starts[head, bucket] becomes where the bucket's rows begin in the sorted order of its head; one more says where all end
//
// Third pass of the sort by label (bucket_count.wgsl): an exclusive sum over the buckets. One head an invocation.
// starts: [heads, buckets + 1].

@compute @workgroup_size(1)
fn main(@builtin(workgroup_id) workgroup: vec3u) {
  let buckets = layout.$.params.buckets;
  let at = workgroup.x * (buckets + 1u);
  var total = 0u;
  for (var bucket = 0u; bucket < buckets; bucket++) {
    let count = layout.$.starts[at + bucket];
    layout.$.starts[at + bucket] = total;
    total += count;
  }
  layout.$.starts[at + buckets] = total;
}
