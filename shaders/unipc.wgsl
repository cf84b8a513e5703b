// v = vNull + guidance * (vCond - vNull);  m = estimate = x - sigma * v
// last = x * fromX + last * fromLast + m * now + m1 * old + m2 * older;  x = last * keep + m * towards + m1 * away
//
// One step of UniPC (Zhao et al. 2023) on the clean film m with classifier-free guidance: the corrector, then the
// predictor. m1 and m2 are the clean films of the two steps before; m takes the place of m2, which no later step
// needs. Velocities are tokens as in euler.wgsl. Four channels of one latent cell an invocation.
// x, estimate, last, m1, m2: [frames, height, width, channels]; vCond, vNull: [tokens, patch^2 * channels].

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
  let m = before - layout.$.params.sigma * v;
  let before1 = layout.$.m1[i];
  let corrected = before * layout.$.params.fromX
    + layout.$.last[i] * layout.$.params.fromLast
    + m * layout.$.params.now
    + before1 * layout.$.params.old
    + layout.$.m2[i] * layout.$.params.older;
  layout.$.estimate[i] = m;
  layout.$.m2[i] = m;
  layout.$.last[i] = corrected;
  layout.$.x[i] = corrected * layout.$.params.keep + m * layout.$.params.towards + before1 * layout.$.params.away;
}
