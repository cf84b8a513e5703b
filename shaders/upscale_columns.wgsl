// rgba[frame, row, column] = byte(sum over tap of weights[row % scale, tap] * x[frame, clamp(first + tap), column])
//
// Second half of a separable enlargement by a whole factor: along the columns, and back from sigmoidal light to 8-bit
// sRGB, opaque, red in the low byte. byte(s) undoes the levels of the first half: a logistic curve about `centre` with
// `slope`, then the sRGB curve. One pixel of the output an invocation. Past the edges the outermost row goes on.
// x: [frames, height, width]; weights: [scale, 6]; rgba: [frames, height * scale, width].

fn byteOf(sigmoidal: f32) -> u32 {
  let darkest = 1.0 / (1.0 + exp(layout.$.params.slope * layout.$.params.centre));
  let brightest = 1.0 / (1.0 + exp(layout.$.params.slope * (layout.$.params.centre - 1.0)));
  let logistic = 1.0 / (1.0 + exp(layout.$.params.slope * (layout.$.params.centre - sigmoidal)));
  let light = clamp((logistic - darkest) / (brightest - darkest), 0.0, 1.0);
  let shown = select(1.055 * pow(light, 1.0 / 2.4) - 0.055, 12.92 * light, light <= 0.0031308);
  return u32(floor(shown * 255.0 + 0.5));
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * 64u + local;
  let scale = layout.$.params.scale;
  let width = layout.$.params.width;
  let height = layout.$.params.height;
  if (i >= layout.$.params.frames * height * scale * width) {
    return;
  }
  let column = i % width;
  let row = (i / width) % (height * scale);
  let frame = i / (width * height * scale);
  let phase = row % scale;
  let first = i32(row / scale) - select(2, 3, 2u * phase + 1u < scale);
  var sum = vec3f();
  for (var tap = 0; tap < 6; tap++) {
    let at = u32(clamp(first + tap, 0, i32(height) - 1));
    sum += layout.$.weights[phase * 6u + u32(tap)] * layout.$.x[(frame * height + at) * width + column].xyz;
  }
  layout.$.rgba[i] = byteOf(sum.x) | (byteOf(sum.y) << 8u) | (byteOf(sum.z) << 16u) | 0xff000000u;
}
