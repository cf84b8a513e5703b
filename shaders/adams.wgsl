// v = guidedVelocity;  estimate = x - sigma * v;  x += now * v + old * slope;  slope = v
//
// One step of Adams and Bashforth's method of order 2 for rectified flow (v = noise - clean): straight on by the velocity
// here and the one of the step before, whose change tells of the way's bend. Four channels of one latent cell an
// invocation. x, estimate, slope: [frames, height, width, channels].

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * 64u + local;
  if (i >= latentVectors()) {
    return;
  }
  let v = guidedVelocity(i);
  let before = layout.$.x[i];
  layout.$.estimate[i] = before - layout.$.params.sigma * v;
  layout.$.x[i] = before + layout.$.params.now * v + layout.$.params.old * layout.$.slope[i];
  layout.$.slope[i] = v;
}
