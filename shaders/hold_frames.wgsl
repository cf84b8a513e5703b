// x[frame] = (1 - sigma) * clean[frame] + sigma * noise[frame]   where held[frame] is not zero
//
// Puts latent frames that must stay as they are at the noise level that the others have reached, so that
// the others attend to them as they will be. Four values an invocation.
// x, clean, noise: [frames, frameSize]; held: [frames]; frameSize is a multiple of 4.

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * 64u + local;
  if (i >= layout.$.params.frames * layout.$.params.frameSize) {
    return;
  }
  if (layout.$.held[i / layout.$.params.frameSize] != 0u) {
    let sigma = layout.$.params.sigma;
    layout.$.x[i] = (1.0 - sigma) * layout.$.clean[i] + sigma * layout.$.noise[i];
  }
}
