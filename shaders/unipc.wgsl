// v = guidedVelocity;  m = estimate = x - sigma * v
// last = x * fromX + last * fromLast + m * now + m1 * old + m2 * older;  x = last * keep + m * towards + m1 * away
//
// One step of UniPC (Zhao et al. 2023) on the clean film m: the corrector, then the predictor. m1 and m2 are the clean
// films of the two steps before; m takes the place of m2, which no later step needs. Four channels of one latent cell an
// invocation. x, estimate, last, m1, m2: [frames, height, width, channels].

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * 64u + local;
  if (i >= latentVectors()) {
    return;
  }
  let before = layout.$.x[i];
  let m = before - layout.$.params.sigma * guidedVelocity(i);
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
