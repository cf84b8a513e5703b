// v = vNull + guidance * (vCond - vNull);  estimate = x - sigma * v;  x += stepSize * v
//
// One Euler step of rectified flow (v = noise - clean) with classifier-free guidance, and the clean film
// that the step expects. The velocities are still tokens: a token's features are ordered (py, px, channel),
// as Wan's head writes them. Four channels of one latent cell an invocation.
// x, estimate: [frames, height, width, channels]; vCond, vNull: [tokens, patch^2 * channels].

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
  let vNull = layout.$.vNull[at];
  let v = vNull + layout.$.params.guidance * (layout.$.vCond[at] - vNull);
  let before = layout.$.x[i];
  layout.$.estimate[i] = before - layout.$.params.sigma * v;
  layout.$.x[i] = before + layout.$.params.stepSize * v;
}
