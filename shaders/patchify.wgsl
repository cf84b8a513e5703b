// tokens[token, (c * patch + py) * patch + px] = latent[frame, row * patch + py, column * patch + px, c]
//
// Cuts the latent video into the patches that Wan's patch embedding (a strided Conv3d) sees; the channel
// is the slowest part of a feature. One value an invocation.
// latent: [frames, height, width, channels]; tokens: [frames * gridRows * gridColumns, channels * patch^2].

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * 64u + local;
  let patchSize = layout.$.params.patchSize;
  let channels = layout.$.params.channels;
  let features = channels * patchSize * patchSize;
  if (i >= layout.$.params.tokens * features) {
    return;
  }
  let token = i / features;
  let feature = i % features;
  let c = feature / (patchSize * patchSize);
  let py = (feature / patchSize) % patchSize;
  let px = feature % patchSize;
  let column = token % layout.$.params.gridColumns;
  let row = (token / layout.$.params.gridColumns) % layout.$.params.gridRows;
  let frame = token / (layout.$.params.gridColumns * layout.$.params.gridRows);
  let height = layout.$.params.gridRows * patchSize;
  let width = layout.$.params.gridColumns * patchSize;
  let pixel = (frame * height + row * patchSize + py) * width + column * patchSize + px;
  layout.$.y[i] = layout.$.x[pixel * channels + c];
}
