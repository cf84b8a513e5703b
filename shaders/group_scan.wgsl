// counts becomes its exclusive prefix sum, and `list` the tiles of the groups
//
// Second pass of the sort: after it, counts[group, run] is where run `run` of `group` begins in the
// sorted order. Rows of a group in a span are a segment of the attention list (format in attention_quad.wgsl):
// its sorted rows are its queries and its first run of keys; of several spans those of the group before it and
// those after it are two more. RUNS: runs of keys, 1 or 3.
// cuts: behind the rows of runs (group_count.wgsl) the first run of every span, and the end of the last's.
// One invocation for all: GROUPS * runs additions, a few thousand for the longest film.

@compute @workgroup_size(1)
fn main() {
  let runs = layout.$.params.runs;
  let spans = layout.$.params.spans;
  let count = ${GROUPS}u * runs;
  var total = 0u;
  for (var i = 0u; i < count; i++) {
    let here = layout.$.counts[i];
    layout.$.counts[i] = total;
    total += here;
  }

  let runsAt = 4u + 4u * layout.$.params.maxTiles;
  var tiles = 0u;
  for (var g = 0u; g < ${GROUPS}u; g++) {
    let groupEnd = startOf((g + 1u) * runs, total);
    for (var span = 0u; span < spans; span++) {
      let segment = g * spans + span;
      let first = startOf(g * runs + layout.$.cuts[runs + 1u + span], total);
      let end = startOf(g * runs + layout.$.cuts[runs + 2u + span], total);
      let runAt = runsAt + ${2 * RUNS}u * segment;
      layout.$.list[runAt] = first;
      layout.$.list[runAt + 1u] = end - first;
#if RUNS > 1
      let groupStart = startOf(g * runs, total);
      layout.$.list[runAt + 2u] = groupStart;
      layout.$.list[runAt + 3u] = first - groupStart;
      layout.$.list[runAt + 4u] = end;
      layout.$.list[runAt + 5u] = groupEnd - end;
#end
      for (var query = first; query < end; query += ${TILE}u) {
        let at = 4u + 4u * tiles;
        layout.$.list[at] = query;
        layout.$.list[at + 1u] = min(${TILE}u, end - query);
        layout.$.list[at + 2u] = ${RUNS}u * segment;
        layout.$.list[at + 3u] = ${RUNS}u;
        tiles += 1u;
      }
    }
  }
  layout.$.list[0] = tiles;
  layout.$.list[1] = runsAt;
}

/** Where a run of a group begins in the sorted order; the run behind the last begins at the end. */
fn startOf(run: u32, total: u32) -> u32 {
  if (run < ${GROUPS}u * layout.$.params.runs) {
    return layout.$.counts[run];
  }
  return total;
}
