// y[row] = x[row] / sqrt(mean(x[row]^2) + eps) * weight
//
// One row an invocation. x, y: [rows, width], in different buffers; weight: [width]; width is a multiple of 4.

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let row = (workgroup.y * workgroups.x + workgroup.x) * 16u + local;
  if (row >= layout.$.params.rows) {
    return;
  }
  let width = layout.$.params.width / 4u;
  let at = row * width;
  var squares = vec4f();
  for (var i = 0u; i < width; i++) {
    let value = layout.$.x[at + i];
    squares += value * value;
  }
  let inverse = inverseSqrt(dot(squares, vec4f(1.0)) / f32(width * 4u) + layout.$.params.eps);
  for (var i = 0u; i < width; i++) {
    layout.$.y[at + i] = layout.$.x[at + i] * inverse * layout.$.weight[i];
  }
}
