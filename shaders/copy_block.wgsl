// to[toStart + r * toStride + c] = from[fromStart + r * fromStride + c]   for r < rows, c < words
//
// A rectangle out of one grid into another, in words of 32 bits whatever they mean. One word an invocation.

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * 64u + local;
  let words = layout.$.params.words;
  if (i >= layout.$.params.rows * words) {
    return;
  }
  let row = i / words;
  let word = i % words;
  let fromAt = layout.$.params.fromStart + row * layout.$.params.fromStride + word;
  let toAt = layout.$.params.toStart + row * layout.$.params.toStride + word;
  layout.$.grid[toAt] = layout.$.source[fromAt];
}
