// y[line, column] = sum over tap of weights[column % scale, tap] * levels[pixels[line, clamp(first + tap)]]
//
// First half of a separable enlargement by a whole factor: along the rows. Pixels are 8-bit RGBA, red in the low byte,
// and `levels` takes a byte to the space in which the taps are added up. One pixel of the output an invocation; alpha
// is dropped. Past the edges the outermost pixel goes on.
// pixels: [lines, width]; levels: [256]; weights: [scale, 6]; y: [lines, width * scale].

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * 64u + local;
  let scale = layout.$.params.scale;
  let width = layout.$.params.width;
  if (i >= layout.$.params.lines * width * scale) {
    return;
  }
  let column = i % (width * scale);
  let line = i / (width * scale);
  let phase = column % scale;
  // The pixel's centre lies before its source's centre in the first half of the phases.
  let first = i32(column / scale) - select(2, 3, 2u * phase + 1u < scale);
  var sum = vec3f();
  for (var tap = 0; tap < 6; tap++) {
    let at = u32(clamp(first + tap, 0, i32(width) - 1));
    let pixel = layout.$.pixels[line * width + at];
    let level = vec3f(
      layout.$.levels[pixel & 255u],
      layout.$.levels[(pixel >> 8u) & 255u],
      layout.$.levels[(pixel >> 16u) & 255u],
    );
    sum += layout.$.weights[phase * 6u + u32(tap)] * level;
  }
  layout.$.y[i] = vec4f(sum, 1.0);
}
