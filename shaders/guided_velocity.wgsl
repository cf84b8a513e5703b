// guidedVelocity(i) = vNull + guidance * (vCond - vNull), for the i-th four channels of a latent cell; latentVectors(): how
// many of them there are. Put before the shaders that take a step of the sampler.
//
// Latents are [frames, height, width, channels], and velocities still tokens [tokens, patch^2 * channels], whose features
// are ordered (py, px, channel), as Wan's head writes them.

fn latentVectors() -> u32 {
  return layout.$.params.tokens * layout.$.params.patchSize * layout.$.params.patchSize * (layout.$.params.channels / 4u);
}

fn guidedVelocity(i: u32) -> vec4f {
  let patchSize = layout.$.params.patchSize;
  let channels = layout.$.params.channels / 4u;
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
  return unguided + layout.$.params.guidance * (layout.$.vCond[at] - unguided);
}
