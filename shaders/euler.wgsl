// v = guidedVelocity;  estimate = x - sigma * v;  x += stepSize * v
//
// One Euler step of rectified flow (v = noise - clean), and the clean film that the step expects. Four channels of one
// latent cell an invocation. x, estimate: [frames, height, width, channels].

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * 64u + local;
  if (i >= latentVectors()) {
    return;
  }
  let v = guidedVelocity(i);
  let before = layout.$.x[i];
  layout.$.estimate[i] = before - layout.$.params.sigma * v;
  layout.$.x[i] = before + layout.$.params.stepSize * v;
}
