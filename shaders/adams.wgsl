// v = vNull + guidance * (vCond - vNull);  estimate = x - sigma * v;  x += now * v + old * slope;  slope = v
//
// One step of Adams and Bashforth's method of order 2 for rectified flow (v = noise - clean) with classifier-free
// guidance: straight on by the velocity here and the one of the step before, whose change tells of the way's bend.
// Velocities are tokens as in euler.wgsl. Four channels of one latent cell an invocation.
// x, estimate, slope: [frames, height, width, channels]; vCond, vNull: [tokens, patch^2 * channels].

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * 64u + local;
  let patchSize = layout.$.params.patchSize;
  let channels = layout.$.params.channels / 4u;
  if (i >= layout.$.params.tokens * patchSize * patchSize * channels) {
    return;
  }
  let c = i % channels;
  let pixel = i / channels;
  let height = layout.$.params.gridRows * patchSize;
  let width = layout.$.params.gridColumns * patchSize;
  let column = pixel % width;
  let row = (pixel / width) % height;
  let frame = pixel / (width * height);
  let token = (frame * layout.$.params.gridRows + row / patchSize) * layout.$.params.gridColumns + column / patchSize;
  let at = ((token * patchSize + row % patchSize) * patchSize + column % patchSize) * channels + c;
  let unguided = layout.$.vNull[at];
  let v = unguided + layout.$.params.guidance * (layout.$.vCond[at] - unguided);
  let before = layout.$.x[i];
  layout.$.estimate[i] = before - layout.$.params.sigma * v;
  layout.$.x[i] = before + layout.$.params.now * v + layout.$.params.old * layout.$.slope[i];
  layout.$.slope[i] = v;
}
