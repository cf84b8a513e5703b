// rgba[frame, row, column] = 8-bit colour of x[frame, row / space, column / space, colour * space^2 + dy * space + dx]
//
// Pixel shuffle of the decoder's last layer and quantisation from [-1, 1]. One pixel an invocation.
// x: [frames, height, width, 3 * space^2]; rgba: [frames, height * space, width * space], red in the low byte.

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * 64u + local;
  let space = layout.$.params.space;
  let width = layout.$.params.width * space;
  let height = layout.$.params.height * space;
  if (i >= layout.$.params.frames * width * height) {
    return;
  }
  let column = i % width;
  let row = (i / width) % height;
  let frame = i / (width * height);
  let cell = (frame * layout.$.params.height + row / space) * layout.$.params.width + column / space;
  let at = cell * 3u * space * space + (row % space) * space + column % space;
  var packed = 0xff000000u;
  for (var colour = 0u; colour < 3u; colour++) {
    let value = clamp(layout.$.x[at + colour * space * space], -1.0, 1.0);
    packed |= u32(floor((value + 1.0) * 127.5 + 0.5)) << (8u * colour);
  }
  layout.$.rgba[i] = packed;
}
