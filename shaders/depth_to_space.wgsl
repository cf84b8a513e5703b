// y[frame * time + f, row * space + dy, column * space + dx, c] = x[frame, row, column, ((f * space + dy) * space + dx) * channels + c]
//
// Spreads the blocks of a channel vector over time and space. One vec4 of channels an invocation.
// x: [frames, height, width, time * space^2 * channels]; y: [frames * time, height * space, width * space, channels].

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * 64u + local;
  let time = layout.$.params.time;
  let space = layout.$.params.space;
  let channels = layout.$.params.channels / 4u;
  let width = layout.$.params.width * space;
  let height = layout.$.params.height * space;
  if (i >= layout.$.params.frames * time * height * width * channels) {
    return;
  }
  let c = i % channels;
  let column = (i / channels) % width;
  let row = (i / (channels * width)) % height;
  let frame = i / (channels * width * height);
  let cell = ((frame / time) * layout.$.params.height + row / space) * layout.$.params.width + column / space;
  let block = ((frame % time) * space + row % space) * space + column % space;
  layout.$.y[i] = layout.$.x[(cell * time * space * space + block) * channels + c];
}
