// packed[firstWord + i] = group[2i] | certainty[2i] << 8 | group[2i + 1] << 16 | certainty[2i + 1] << 24
//
// What the router chose in one block, in two bytes a token, so that a film's choices can be read back while it is
// made. One word, hence two tokens, an invocation. certainty is the winning probability in 255ths.
// group, weight: [tokens]; packed: [layers, ceil(tokens / 2)].

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * 64u + local;
  let tokens = layout.$.params.tokens;
  if (2u * i >= tokens) {
    return;
  }
  var word = 0u;
  for (var token = 2u * i; token < min(2u * i + 2u, tokens); token++) {
    let certainty = u32(floor(clamp(layout.$.weight[token], 0.0, 1.0) * 255.0 + 0.5));
    word |= (layout.$.group[token] | (certainty << 8u)) << (16u * (token & 1u));
  }
  layout.$.packed[layout.$.params.firstWord + i] = word;
}
