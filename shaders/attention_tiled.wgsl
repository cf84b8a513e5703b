// out[row] = scale * weight[row] * softmax(q[row] k^T / sqrt(D)) v   over the keys of the row's segment
//
// Portable f32 variant: a workgroup of 64 invocations serves one tile of 64 query rows for one head, one
// query an invocation, so that the softmax state never crosses invocations. KEYS keys and values at a
// time are staged in workgroup memory. List format and switches as in attention_quad.wgsl.

var<workgroup> keyTile: array<vec4f, ${KEYS * D4}>;
var<workgroup> valueTile: array<vec4f, ${KEYS * D4}>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let heads = layout.$.params.heads;
  let item = workgroup.y * workgroups.x + workgroup.x;
  let head = item % heads;
  let tile = item / heads + layout.$.params.firstTile;
  if (tile >= min(layout.$.list[0], layout.$.params.endTile)) {
    return;
  }
  let tileAt = 4u + 4u * tile;
  let firstQuery = layout.$.list[tileAt];
  let queries = layout.$.list[tileAt + 1u];
  let firstRun = layout.$.list[1] + 2u * layout.$.list[tileAt + 2u];
  let runs = layout.$.list[tileAt + 3u];
  let headAt = head * ${D4}u;
  let width = heads * ${D4}u;

  let queryRow = layout.$.queryRows[firstQuery + min(local, queries - 1u)];
#for d in 0..D4
  let q_${d} = layout.$.q[queryRow * width + headAt + ${d}u] * layout.$.params.softmaxScale;
  var o_${d} = vec4f();
#end
  var top = -1e30;
  var sum = 0.0;

  for (var r = 0u; r < runs; r++) {
    let firstKey = layout.$.list[firstRun + 2u * r];
    let keys = layout.$.list[firstRun + 2u * r + 1u];
    for (var i = 0u; i < keys; i += ${KEYS}u) {
      workgroupBarrier();
      for (var item = local; item < ${KEYS * D4}u; item += 64u) {
        let row = layout.$.keyRows[firstKey + min(i + item / ${D4}u, keys - 1u)];
        keyTile[item] = layout.$.k[row * width + headAt + item % ${D4}u];
        valueTile[item] = layout.$.v[row * width + headAt + item % ${D4}u];
      }
      workgroupBarrier();
      let count = min(${KEYS}u, keys - i);
      for (var j = 0u; j < count; j++) {
        var s = 0.0;
#for d in 0..D4
        s += dot(keyTile[j * ${D4}u + ${d}u], q_${d});
#end
        let newTop = max(top, s);
        let keep = exp(top - newTop);
        let p = exp(s - newTop);
        top = newTop;
        sum = sum * keep + p;
#for d in 0..D4
        o_${d} = o_${d} * keep + valueTile[j * ${D4}u + ${d}u] * p;
#end
      }
    }
  }

  if (local < queries) {
    var scale = select(0.0, layout.$.params.outputScale / sum, sum > 0.0);
#if WEIGHTED
    scale *= layout.$.weight[queryRow];
#end
    let outAt = queryRow * width + headAt;
#for d in 0..D4
#if ACCUMULATE
    layout.$.out[outAt + ${d}u] += o_${d} * scale;
#else
    layout.$.out[outAt + ${d}u] = o_${d} * scale;
#end
#end
  }
}
