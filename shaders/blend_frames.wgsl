// y[frame] = relu(own + sum over distances of weight[distance] * (x[beside[frame, distance]] - own)),
// where own = x[first + frame]
//
// Frames drawn towards those around them, channel by channel. Four channels of a cell an invocation.
// x: [frames of x, frameSize]; beside: [frames, distances], frames of x; weight: [distances, channels];
// y: [frames, frameSize]. frameSize and channels are counted in fours.

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let frameSize = layout.$.params.frameSize;
  let channels = layout.$.params.channels;
  let distances = layout.$.params.distances;
  let i = (workgroup.y * workgroups.x + workgroup.x) * 64u + local;
  if (i >= layout.$.params.frames * frameSize) {
    return;
  }
  let frame = i / frameSize;
  let place = i % frameSize;
  let channel = i % channels;
  let own = layout.$.x[(layout.$.params.first + frame) * frameSize + place];
  var sum = own;
  for (var distance = 0u; distance < distances; distance++) {
    let there = layout.$.beside[frame * distances + distance];
    sum += layout.$.weight[distance * channels + channel] * (layout.$.x[there * frameSize + place] - own);
  }
  layout.$.y[i] = max(sum, vec4f());
}
