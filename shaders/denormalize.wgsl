// y = 6 tanh((x * std + mean) / 6): from the sampler's unit scale to what the decoder was trained on.
// Four channels an invocation. x, y: [cells, channels]; std, mean: [channels].

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * 64u + local;
  if (i >= layout.$.params.count) {
    return;
  }
  let c = i % layout.$.params.channels;
  let raw = layout.$.x[i] * layout.$.deviation[c] + layout.$.mean[c];
  // tanh overflows to NaN in some drivers for large arguments.
  layout.$.y[i] = 6.0 * tanh(clamp(raw / 6.0, vec4f(-15.0), vec4f(15.0)));
}
