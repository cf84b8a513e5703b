// x[row, c] = softmax over c < columns of scale * x[row, c], and 0 for columns <= c < stride
//
// In place. LANES invocations share a row: 1 without barriers for adapters on a CPU, 64 for a GPU, where
// neighbours read neighbouring values and the maxima and sums meet in workgroup memory.
// x: [rows, stride].

#if LANES > 1
var<workgroup> part: array<f32, ${LANES}>;
#end

@compute @workgroup_size(${LANES})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let row = workgroup.y * workgroups.x + workgroup.x;
#if LANES == 1
  if (row >= layout.$.params.rows) {
    return;
  }
#end
  // Workgroups past the last row do a row again without storing it, for barriers must be reached by all.
  let live = row < layout.$.params.rows;
  let at = min(row, layout.$.params.rows - 1u) * layout.$.params.stride;
  let columns = layout.$.params.columns;
  let scale = layout.$.params.scale;

  var top = -3.0e38;
  for (var c = local; c < columns; c += ${LANES}u) {
    top = max(top, scale * layout.$.x[at + c]);
  }
#if LANES > 1
  part[local] = top;
  for (var step = ${LANES / 2}u; step > 0u; step /= 2u) {
    workgroupBarrier();
    if (local < step) {
      part[local] = max(part[local], part[local + step]);
    }
  }
  workgroupBarrier();
  top = part[0];
  workgroupBarrier();
#end
  var sum = 0.0;
  for (var c = local; c < columns; c += ${LANES}u) {
    sum += exp(scale * layout.$.x[at + c] - top);
  }
#if LANES > 1
  part[local] = sum;
  for (var step = ${LANES / 2}u; step > 0u; step /= 2u) {
    workgroupBarrier();
    if (local < step) {
      part[local] += part[local + step];
    }
  }
  workgroupBarrier();
  sum = part[0];
#end
  if (live) {
    for (var c = local; c < layout.$.params.stride; c += ${LANES}u) {
      var p = 0.0;
      if (c < columns) {
        p = exp(scale * layout.$.x[at + c] - top) / sum;
      }
      layout.$.x[at + c] = p;
    }
  }
}
