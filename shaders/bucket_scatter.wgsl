// order[head, position] = token * heads + head: the rows of every head, sorted by label, stable
//
// Fourth pass of the sort by label (bucket_count.wgsl). One run of consecutive tokens of one head an invocation, which
// counts on in its own column. The rows are those of a [tokens * heads, head size] matrix, so that an attention list
// over them can differ from head to head.

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let item = (workgroup.y * workgroups.x + workgroup.x) * 16u + local;
  let runs = layout.$.params.runs;
  let heads = layout.$.params.heads;
  if (item >= runs * heads) {
    return;
  }
  let head = item / runs;
  let run = item % runs;
  let tokens = layout.$.params.tokens;
  let buckets = layout.$.params.buckets;
  let end = min((run + 1u) * layout.$.params.runTokens, tokens);
  for (var token = run * layout.$.params.runTokens; token < end; token++) {
    let bucket = layout.$.labels[head * tokens + token];
    let at = (head * buckets + bucket) * runs + run;
    let position = layout.$.starts[head * (buckets + 1u) + bucket] + layout.$.counts[at];
    layout.$.counts[at] += 1u;
    layout.$.order[head * tokens + position] = token * heads + head;
  }
}
