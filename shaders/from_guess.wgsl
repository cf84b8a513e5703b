// velocity = expected + spread * velocity: what a network adds to the velocity that is expected around a guess.
//
// Were clean values normally distributed around a guess g with variance s, a noisy value x = (1 - n) * clean + n * noise
// would have a velocity (noise - clean) of mean (x - (1 - n) * g) * (n - (1 - n) * s) / d - g and variance s / d, where
// d = (1 - n)^2 * s + n^2. One value an invocation; values of a token are ordered (cell, channel), but for those of
// `patches`, which are ordered (channel, cell).

// As in training.
const leastDoubt = -6.0;
const mostDoubt = 1.0;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * 64u + local;
  if (i >= layout.$.params.count) {
    return;
  }
  let channels = layout.$.params.channels;
  let cells = layout.$.params.cells;
  let feature = i % (channels * cells);
  let x = layout.$.patches[i - feature + (feature % channels) * cells + feature / channels];
  let guess = layout.$.guess[i];
  let variance = exp(clamp(layout.$.doubt[i], leastDoubt, mostDoubt));
  let noise = layout.$.level[0];
  let clean = 1.0 - noise;
  let d = clean * clean * variance + noise * noise;
  let expected = (x - clean * guess) * (noise - clean * variance) / d - guess;
  layout.$.velocity[i] = expected + sqrt(variance / d) * layout.$.velocity[i];
}
