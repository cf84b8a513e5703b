// out[row] = scale * weight[row] * softmax(q[row] k^T / sqrt(D)) v   over the keys of the row's segment
//
// For devices with Chromium's experimental subgroup matrices. A workgroup serves one tile of 64 query rows for one
// head. Four of its subgroups have 16 of these rows each and keep their queries [16, D] and sums [16, D] in
// matrices; other subgroups only help to stage. A step takes KEYS keys and values into workgroup memory. Elements of a
// matrix cannot be seen: scores [64, KEYS] pass through workgroup memory, where SPLIT neighbouring invocations turn
// each row into shares exp(score - top), which come back as matrices. Scores, tops and sums are f32.
//
// To rescale sums takes them through workgroup memory as well. So a row's top follows its scores only when they exceed
// it by more than SLACK, as in FlashAttention-4: shares then reach exp(SLACK) instead of 1, and the quotient is the same.
//
// List format and switches as in attention_quad.wgsl. M, N, K: shape of the matrices, parts of 16. D: the head's size
// rounded up to whole matrices; vectors from D4 on are zeros. KEYS is a multiple of M, N and K. INVOCATIONS: at least
// four of the largest subgroups. HALF: 1 = what is multiplied is f16. LATER as in attention_block.wgsl.

#if HALF
alias Staged = f16;
#else
alias Staged = f32;
#end

const SLACK = 5.5;
// Values from one row to the next; eight to spare keep rows out of each other's memory banks.
const STRIDE = ${D + 8}u;
const INVOCATIONS = ${INVOCATIONS}u;

var<workgroup> keyTile: array<Staged, ${KEYS * (D + 8)}>;
var<workgroup> valueTile: array<Staged, ${KEYS * (D + 8)}>;
var<workgroup> scores: array<f32, ${64 * KEYS}>;
var<workgroup> shares: array<Staged, ${64 * KEYS}>;
// What a row's sums are multiplied by.
var<workgroup> factors: array<f32, 64>;
var<workgroup> risen: atomic<u32>;
#if COMBINE == 3
// What a row's output so far is multiplied by.
var<workgroup> kept: array<f32, 64>;
#end

@compute @workgroup_size(${INVOCATIONS})
@diagnostic(off, subgroup_uniformity)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_id) part: u32,
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
  let multiplies = part < 4u;

#for m in 0..16 / M
#for k in 0..D / K
  var q_${m}_${k} = subgroup_matrix_left<Staged, ${K}, ${M}>();
#end
#for n in 0..D / N
  var o_${m}_${n} = subgroup_matrix_result<f32, ${N}, ${M}>();
#end
#end

  // Queries come through the memory of the keys. Rows past the end are copies of the last one.
#for piece in 0..64 / KEYS
  workgroupBarrier();
  for (var at = local; at < ${KEYS * D / 4}u; at += INVOCATIONS) {
    let row = layout.$.queryRows[firstQuery + min(${piece * KEYS}u + at / ${D / 4}u, queries - 1u)];
    let vector = at % ${D / 4}u;
    let value = layout.$.q[row * width + headAt + min(vector, ${D4 - 1}u)] * layout.$.params.softmaxScale;
#for e in 0..4
    keyTile[at / ${D / 4}u * STRIDE + 4u * vector + ${e}u] = Staged(select(0.0, value[${e}], vector < ${D4}u));
#end
  }
  workgroupBarrier();
#for m in 0..16 / M
  if (multiplies && (16u * part + ${m * M}u) / ${KEYS}u == ${piece}u) {
#for k in 0..D / K
    q_${m}_${k} = subgroupMatrixLoad<subgroup_matrix_left<Staged, ${K}, ${M}>, row_major>(&keyTile, (16u * part + ${m * M}u) % ${KEYS}u * STRIDE + ${k * K}u, STRIDE);
#end
  }
#end
#end

  // The row of scores that this invocation has a share in, and its softmax so far.
  let slot = local / ${SPLIT}u;
  let lane = local % ${SPLIT}u;
  var top = -1e30;
  var sum = 0.0;
#if LATER
  let askingRow = layout.$.queryRows[firstQuery + min(slot, queries - 1u)];
  let later = layout.$.weight[layout.$.params.laterAt + askingRow];
#end

  for (var r = 0u; r < runs; r++) {
    let firstKey = layout.$.list[firstRun + 2u * r];
    let keys = layout.$.list[firstRun + 2u * r + 1u];
#if LATER
    let gained = select(0.0, later, r > 0u);
#end
    for (var i = 0u; i < keys; i += ${KEYS}u) {
      workgroupBarrier();
      for (var at = local; at < ${KEYS * D / 4}u; at += INVOCATIONS) {
        let row = layout.$.keyRows[firstKey + min(i + at / ${D / 4}u, keys - 1u)];
        let vector = at % ${D / 4}u;
        let source = row * width + headAt + min(vector, ${D4 - 1}u);
        let key = layout.$.k[source];
        let value = layout.$.v[source];
        let to = at / ${D / 4}u * STRIDE + 4u * vector;
#for e in 0..4
        keyTile[to + ${e}u] = Staged(select(0.0, key[${e}], vector < ${D4}u));
        valueTile[to + ${e}u] = Staged(select(0.0, value[${e}], vector < ${D4}u));
#end
      }
      if (local == 0u) {
        atomicStore(&risen, 0u);
      }
      workgroupBarrier();

      if (multiplies) {
#for n in 0..KEYS / N
#for m in 0..16 / M
        var s_${m}_${n} = subgroup_matrix_result<f32, ${N}, ${M}>();
#end
#for k in 0..D / K
        let key_${n}_${k} = subgroupMatrixLoad<subgroup_matrix_right<Staged, ${N}, ${K}>, col_major>(&keyTile, ${n * N}u * STRIDE + ${k * K}u, STRIDE);
#for m in 0..16 / M
        s_${m}_${n} = subgroupMatrixMultiplyAccumulate(q_${m}_${k}, key_${n}_${k}, s_${m}_${n});
#end
#end
#for m in 0..16 / M
        subgroupMatrixStore<row_major>(&scores, (16u * part + ${m * M}u) * ${KEYS}u + ${n * N}u, s_${m}_${n}, ${KEYS}u);
#end
#end
      }
      workgroupBarrier();

      if (slot < 64u) {
        // Keys past the end were staged as copies of the last one.
        let count = min(${KEYS}u, keys - i);
        let at = slot * ${KEYS}u + lane;
        var high = -1e30;
#for j in 0..KEYS / SPLIT
#if LATER
        let s_${j} = scores[at + ${j * SPLIT}u] + gained;
#else
        let s_${j} = scores[at + ${j * SPLIT}u];
#end
        let seen_${j} = lane + ${j * SPLIT}u < count;
        high = max(high, select(-1e30, s_${j}, seen_${j}));
#end
#if SPLIT > 1
        high = max(high, subgroupShuffleXor(high, 1u));
#end
#if SPLIT > 2
        high = max(high, subgroupShuffleXor(high, 2u));
#end
        let rises = high > top + SLACK;
        let newTop = select(top, high, rises);
        let keep = exp(top - newTop);
        var added = 0.0;
#for j in 0..KEYS / SPLIT
        let share_${j} = Staged(select(0.0, exp(s_${j} - newTop), seen_${j}));
        shares[at + ${j * SPLIT}u] = share_${j};
        added += f32(share_${j});
#end
#if SPLIT > 1
        added += subgroupShuffleXor(added, 1u);
#end
#if SPLIT > 2
        added += subgroupShuffleXor(added, 2u);
#end
        if (lane == 0u) {
          factors[slot] = keep;
        }
        // At first there is nothing to rescale.
        if (rises && sum > 0.0) {
          atomicStore(&risen, 1u);
        }
        sum = sum * keep + added;
        top = newTop;
      }

      if (workgroupUniformLoad(&risen) != 0u) {
#for n in 0..D / N
        if (multiplies) {
#for m in 0..16 / M
          subgroupMatrixStore<row_major>(&scores, (16u * part + ${m * M}u) * ${KEYS}u, o_${m}_${n}, ${KEYS}u);
#end
        }
        workgroupBarrier();
        for (var at = local; at < ${64 * N}u; at += INVOCATIONS) {
          scores[at / ${N}u * ${KEYS}u + at % ${N}u] *= factors[at / ${N}u];
        }
        workgroupBarrier();
        if (multiplies) {
#for m in 0..16 / M
          o_${m}_${n} = subgroupMatrixLoad<subgroup_matrix_result<f32, ${N}, ${M}>, row_major>(&scores, (16u * part + ${m * M}u) * ${KEYS}u, ${KEYS}u);
#end
        }
        workgroupBarrier();
#end
      }

      if (multiplies) {
#for k in 0..KEYS / K
#for m in 0..16 / M
        let share_${m}_${k} = subgroupMatrixLoad<subgroup_matrix_left<Staged, ${K}, ${M}>, row_major>(&shares, (16u * part + ${m * M}u) * ${KEYS}u + ${k * K}u, ${KEYS}u);
#end
#for n in 0..D / N
        let value_${n}_${k} = subgroupMatrixLoad<subgroup_matrix_right<Staged, ${N}, ${K}>, row_major>(&valueTile, ${k * K}u * STRIDE + ${n * N}u, STRIDE);
#for m in 0..16 / M
        o_${m}_${n} = subgroupMatrixMultiplyAccumulate(share_${m}_${k}, value_${n}_${k}, o_${m}_${n});
#end
#end
#end
      }
    }
  }

  workgroupBarrier();
  if (slot < 64u && lane == 0u) {
    var scale = select(0.0, 1.0 / sum, sum > 0.0);
#if COMBINE < 2
    scale *= layout.$.params.outputScale;
#else
    if (slot < queries) {
      let queryRow = layout.$.queryRows[firstQuery + slot];
      let massAt = layout.$.params.massesAt + queryRow * heads + head;
      var counts = layout.$.params.outputScale;
#if WEIGHTED
      counts *= layout.$.weight[queryRow];
#end
      var mass = select(-1e30, top + log(sum * counts), sum > 0.0);
#if COMBINE == 3
      let before = layout.$.out[massAt].x;
      let gap = clamp(mass - before, -80.0, 80.0);
      kept[slot] = 1.0 / (1.0 + exp(gap));
      scale /= 1.0 + exp(-gap);
      mass = max(mass, before) + log(1.0 + exp(-abs(gap)));
#end
      layout.$.out[massAt] = vec4f(mass, 0.0, 0.0, 0.0);
    }
#end
    factors[slot] = scale;
  }
#for n in 0..(4 * D4 + N - 1) / N
  workgroupBarrier();
  if (multiplies) {
#for m in 0..16 / M
    subgroupMatrixStore<row_major>(&scores, (16u * part + ${m * M}u) * ${KEYS}u, o_${m}_${n}, ${KEYS}u);
#end
  }
  workgroupBarrier();
  for (var at = local; at < ${16 * N}u; at += INVOCATIONS) {
    let query = at / ${N / 4}u;
    let vector = ${n * N / 4}u + at % ${N / 4}u;
    if (query < queries && vector < ${D4}u) {
      let queryRow = layout.$.queryRows[firstQuery + query];
      var scale = factors[query];
#if WEIGHTED && COMBINE < 2
      scale *= layout.$.weight[queryRow];
#end
      let cell = query * ${KEYS}u + at % ${N / 4}u * 4u;
      let value = vec4f(scores[cell], scores[cell + 1u], scores[cell + 2u], scores[cell + 3u]) * scale;
      let outAt = queryRow * width + headAt + vector;
#if COMBINE == 1
      layout.$.out[outAt] += value;
#end
#if COMBINE == 3
      layout.$.out[outAt] = layout.$.out[outAt] * kept[query] + value;
#end
#if COMBINE % 2 == 0
      layout.$.out[outAt] = value;
#end
    }
  }
#end
}
