// counts becomes its exclusive prefix sum, and `list` the tiles of the groups
//
// Second pass of the sort: after it, counts[group, run] is where run `run` of `group` begins in the
// sorted order. The groups are the segments of the attention list (format in attention_quad.wgsl):
// group g has the sorted rows from its first to its last as queries and as its one run of keys.
// One invocation for all: GROUPS * runs additions, a few thousand for the longest film.

@compute @workgroup_size(1)
fn main() {
  let runs = layout.$.params.runs;
  let runsAt = 4u + 4u * layout.$.params.maxTiles;
  var total = 0u;
  var tiles = 0u;
  for (var g = 0u; g < ${GROUPS}u; g++) {
    let first = total;
    for (var run = 0u; run < runs; run++) {
      let count = layout.$.counts[g * runs + run];
      layout.$.counts[g * runs + run] = total;
      total += count;
    }
    layout.$.list[runsAt + 2u * g] = first;
    layout.$.list[runsAt + 2u * g + 1u] = total - first;
    for (var query = first; query < total; query += ${TILE}u) {
      let at = 4u + 4u * tiles;
      layout.$.list[at] = query;
      layout.$.list[at + 1u] = min(${TILE}u, total - query);
      layout.$.list[at + 2u] = g;
      layout.$.list[at + 3u] = 1u;
      tiles += 1u;
    }
  }
  layout.$.list[0] = tiles;
  layout.$.list[1] = runsAt;
}
