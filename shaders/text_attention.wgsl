// out[row, head] = softmax(q[row] k^T + bias[head, bucket(key - query)]) v over the rows of one prompt
//
// T5 self-attention: no 1/sqrt(D), a learned bias for each bucket of relative position. Prompts are
// short, so one invocation does one query of one head in three plain passes. Prompts stand one after
// the other without padding.
// q, k, v, out: [rows, heads * headSize]; spans: [rows, 2] = first row and length of the row's prompt;
// buckets: [2 * reach + 1] = bucket of the distance key - query + reach; bias: [buckets, heads].

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let item = (workgroup.y * workgroups.x + workgroup.x) * 16u + local;
  let heads = layout.$.params.heads;
  if (item >= layout.$.params.rows * heads) {
    return;
  }
  let row = item / heads;
  let head = item % heads;
  let headWidth = layout.$.params.headSize / 4u;
  let width = heads * headWidth;
  let queryAt = row * width + head * headWidth;
  let first = layout.$.spans[2u * row];
  let end = first + layout.$.spans[2u * row + 1u];

  var top = -1e30;
  for (var key = first; key < end; key++) {
    top = max(top, score(key, row, head, queryAt, headWidth, width));
  }
  var sum = 0.0;
  for (var i = 0u; i < headWidth; i++) {
    layout.$.y[queryAt + i] = vec4f();
  }
  for (var key = first; key < end; key++) {
    let p = exp(score(key, row, head, queryAt, headWidth, width) - top);
    sum += p;
    for (var i = 0u; i < headWidth; i++) {
      layout.$.y[queryAt + i] += p * layout.$.v[key * width + head * headWidth + i];
    }
  }
  for (var i = 0u; i < headWidth; i++) {
    layout.$.y[queryAt + i] /= sum;
  }
}

fn score(key: u32, row: u32, head: u32, queryAt: u32, headWidth: u32, width: u32) -> f32 {
  var s = 0.0;
  for (var i = 0u; i < headWidth; i++) {
    s += dot(layout.$.q[queryAt + i], layout.$.k[key * width + head * headWidth + i]);
  }
  let bucket = layout.$.buckets[key + layout.$.params.reach - row];
  return s + layout.$.bias[bucket * layout.$.params.heads + head];
}
