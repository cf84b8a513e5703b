// out[row] = scale * weight[row] * softmax(q[row] k^T / sqrt(D)) v   over the keys of the row's segment
//
// For GPUs: a workgroup serves one tile of 64 query rows for one head. PARTS neighbouring invocations share a query,
// each with every PARTS-th vector of its head, so that large heads fit into registers; the softmax state never
// leaves them. KEYS keys and values at a time are staged in workgroup memory. Four keys are scored before the sums
// are rescaled once. List format and switches as in attention_quad.wgsl.
//
// PARTS: 1, 2 or 4; above 1, partial scores are added by shuffles between lanes that differ in their lowest bits.
// HALF: 1 = keys and values are staged in f16, and scores are multiplied in f16, four products added at a time;
// everything else is f32.
// KEYS is a multiple of 4. LATER: 1 = keys beyond a segment's first run gain weight[laterAt + row].

#if HALF
alias Staged = vec4h;
#else
alias Staged = vec4f;
#end

var<workgroup> keyTile: array<Staged, ${KEYS * D4}>;
var<workgroup> valueTile: array<Staged, ${KEYS * D4}>;

@compute @workgroup_size(${64 * PARTS})
@diagnostic(off, subgroup_uniformity)
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
  let query = local / ${PARTS}u;
  let part = local % ${PARTS}u;

  let queryRow = layout.$.queryRows[firstQuery + min(query, queries - 1u)];
#for d in 0..D4 / PARTS
  let q_${d} = Staged(layout.$.q[queryRow * width + headAt + ${d * PARTS}u + part] * layout.$.params.softmaxScale);
  var o_${d} = vec4f();
#end
  var top = -1e30;
  var sum = 0.0;
#if LATER
  // Once a query: the parts of its scores are added up.
  let later = select(0.0, layout.$.weight[layout.$.params.laterAt + queryRow], part == 0u);
#end
#if COMBINE > 1
  let massAt = layout.$.params.massesAt + queryRow * heads + head;
#end
#if COMBINE == 3
  // Read here, by all invocations of a query, before one of them writes it anew.
  let before = layout.$.out[massAt].x;
#end

  for (var r = 0u; r < runs; r++) {
    let firstKey = layout.$.list[firstRun + 2u * r];
    let keys = layout.$.list[firstRun + 2u * r + 1u];
#if LATER
    let gained = select(0.0, later, r > 0u);
#else
    let gained = 0.0;
#end
    for (var i = 0u; i < keys; i += ${KEYS}u) {
      workgroupBarrier();
      for (var at = local; at < ${KEYS * D4}u; at += ${64 * PARTS}u) {
        let row = layout.$.keyRows[firstKey + min(i + at / ${D4}u, keys - 1u)];
        let keyAt = row * width + headAt + at % ${D4}u;
        keyTile[at] = Staged(layout.$.k[keyAt]);
        valueTile[at] = Staged(layout.$.v[keyAt]);
      }
      workgroupBarrier();
      let count = min(${KEYS}u, keys - i);
      for (var j = 0u; j < count; j += 4u) {
#for e in 0..4
        var s_${e} = gained;
#end
#for d in 0..D4 / PARTS
#for e in 0..4
        s_${e} += f32(dot(keyTile[(j + ${e}u) * ${D4}u + ${d * PARTS}u + part], q_${d}));
#end
#end
#if PARTS > 1
#for e in 0..4
        s_${e} += subgroupShuffleXor(s_${e}, 1u);
#end
#end
#if PARTS > 2
#for e in 0..4
        s_${e} += subgroupShuffleXor(s_${e}, 2u);
#end
#end
        // Keys past the end were staged as copies of the last one.
#for e in 1..4
        s_${e} = select(-1e30, s_${e}, j + ${e}u < count);
#end
        let newTop = max(max(top, max(s_0, s_1)), max(s_2, s_3));
        let keep = exp(top - newTop);
#for e in 0..4
        let p_${e} = exp(s_${e} - newTop);
#end
        top = newTop;
        sum = sum * keep + ((p_0 + p_1) + (p_2 + p_3));
#for d in 0..D4 / PARTS
        o_${d} = o_${d} * keep
#for e in 0..4
          + vec4f(valueTile[(j + ${e}u) * ${D4}u + ${d * PARTS}u + part]) * p_${e}
#end
        ;
#end
      }
    }
  }

#if COMBINE == 3
  storageBarrier();
#end
  if (query < queries) {
    var scale = select(0.0, 1.0 / sum, sum > 0.0);
    var counts = layout.$.params.outputScale;
#if WEIGHTED
    counts *= layout.$.weight[queryRow];
#end
#if COMBINE < 2
    scale *= counts;
#else
    var mass = select(-1e30, top + log(sum * counts), sum > 0.0);
#if COMBINE == 3
    let gap = clamp(mass - before, -80.0, 80.0);
    let kept = 1.0 / (1.0 + exp(gap));
    scale /= 1.0 + exp(-gap);
    mass = max(mass, before) + log(1.0 + exp(-abs(gap)));
#end
    if (part == 0u) {
      layout.$.out[massAt] = vec4f(mass, 0.0, 0.0, 0.0);
    }
#end
    let outAt = queryRow * width + headAt + part;
#for d in 0..D4 / PARTS
#if COMBINE == 1
    layout.$.out[outAt + ${d * PARTS}u] += o_${d} * scale;
#end
#if COMBINE == 3
    layout.$.out[outAt + ${d * PARTS}u] = layout.$.out[outAt + ${d * PARTS}u] * kept + o_${d} * scale;
#end
#if COMBINE % 2 == 0
    layout.$.out[outAt + ${d * PARTS}u] = o_${d} * scale;
#end
#end
  }
}
