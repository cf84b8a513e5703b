// y[row] = (x[row] - mean) / sqrt(variance + eps) * (one + scale) + shift
//
// LayerNorm without affine, then AdaLN modulation (one = 1), or LayerNorm with affine (one = 0, scale =
// weight, shift = bias). One row an invocation: no barrier, and the statistics are exact two-pass sums.
// x, y: [rows, width]; scale, shift: [width]; width is a multiple of 4.

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let row = (workgroup.y * workgroups.x + workgroup.x) * 16u + local;
  if (row >= layout.$.params.rows) {
    return;
  }
  let width = layout.$.params.width / 4u;
  let at = row * width;
  var sum = vec4f();
  for (var i = 0u; i < width; i++) {
    sum += layout.$.x[at + i];
  }
  let mean = dot(sum, vec4f(1.0)) / f32(width * 4u);
  var squares = vec4f();
  for (var i = 0u; i < width; i++) {
    let centred = layout.$.x[at + i] - mean;
    squares += centred * centred;
  }
  let inverse = inverseSqrt(dot(squares, vec4f(1.0)) / f32(width * 4u) + layout.$.params.eps);
  for (var i = 0u; i < width; i++) {
    let factor = (layout.$.params.one + layout.$.scale[i]) * inverse;
    layout.$.y[at + i] = (layout.$.x[at + i] - mean) * factor + layout.$.shift[i];
  }
}
