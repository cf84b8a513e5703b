// counts[head, bucket, run] = how many of the RUN tokens of run `run` have the label `bucket` in this head
//
// First of four passes of a stable counting sort by label, every head by itself, for more buckets than registers can
// count (group_count.wgsl is for few): count, scan, start, scatter. One run of RUN consecutive tokens of one head an
// invocation, which alone writes its column of counts. labels: [heads, tokens].

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let item = (workgroup.y * workgroups.x + workgroup.x) * 16u + local;
  let runs = layout.$.params.runs;
  if (item >= runs * layout.$.params.heads) {
    return;
  }
  let head = item / runs;
  let run = item % runs;
  let column = head * layout.$.params.buckets * runs + run;
  for (var bucket = 0u; bucket < layout.$.params.buckets; bucket++) {
    layout.$.counts[column + bucket * runs] = 0u;
  }
  let tokens = layout.$.params.tokens;
  let end = min((run + 1u) * layout.$.params.runTokens, tokens);
  for (var token = run * layout.$.params.runTokens; token < end; token++) {
    layout.$.counts[column + layout.$.labels[head * tokens + token] * runs] += 1u;
  }
}
