// y[row] = act(x[row] / max(|x[row]|, 1e-12) * sqrt(width) * gamma)
//
// Norm over the channels of a pixel as Wan's autoencoder has it: no mean, no bias, the length itself kept from
// zero. SILU: 1 applies x * sigmoid(x) to it. One pixel an invocation.
// x, y: [rows, width], in different buffers; gamma: [width]; width is a multiple of 4.

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
  let size = max(sqrt(dot(squares, vec4f(1.0))), 1e-12);
  let factor = sqrt(f32(width * 4u)) / size;
  for (var i = 0u; i < width; i++) {
    let normed = layout.$.x[at + i] * factor * layout.$.gamma[i];
#if SILU
    layout.$.y[at + i] = normed / (1.0 + exp(-normed));
#else
    layout.$.y[at + i] = normed;
#end
  }
}
