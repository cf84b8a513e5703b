// counts becomes its exclusive prefix sum, and `list` the tiles of the groups
//
// group_scan.wgsl for GPUs (same operands): one workgroup, in which every invocation adds up a run of neighbouring
// counts; the runs' sums are scanned in workgroup memory (Hillis and Steele 1986), and every invocation writes its
// share of the tiles.

var<workgroup> sums: array<u32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) local: u32) {
  let runs = layout.$.params.runs;
  let count = runs * ${GROUPS}u;
  let share = (count + 255u) / 256u;
  let first = min(local * share, count);
  let end = min(first + share, count);
  var sum = 0u;
  for (var i = first; i < end; i++) {
    sum += layout.$.counts[i];
  }
  sums[local] = sum;
  workgroupBarrier();
  for (var reach = 1u; reach < 256u; reach *= 2u) {
    var before = 0u;
    if (local >= reach) {
      before = sums[local - reach];
    }
    workgroupBarrier();
    sums[local] += before;
    workgroupBarrier();
  }
  var next = sums[local] - sum;
  for (var i = first; i < end; i++) {
    let here = layout.$.counts[i];
    layout.$.counts[i] = next;
    next += here;
  }
  storageBarrier();
  workgroupBarrier();

  let total = sums[255];
  let spans = layout.$.params.spans;
  let runsAt = 4u + 4u * layout.$.params.maxTiles;
  var tiles = 0u;
  for (var g = 0u; g < ${GROUPS}u; g++) {
    let groupEnd = startOf((g + 1u) * runs, total);
    for (var span = 0u; span < spans; span++) {
      let segment = g * spans + span;
      let begin = startOf(g * runs + layout.$.cuts[runs + 1u + span], total);
      let stop = startOf(g * runs + layout.$.cuts[runs + 2u + span], total);
      let segmentTiles = (stop - begin + ${TILE - 1}u) / ${TILE}u;
      for (var tile = local; tile < segmentTiles; tile += 256u) {
        let at = 4u + 4u * (tiles + tile);
        let query = begin + tile * ${TILE}u;
        layout.$.list[at] = query;
        layout.$.list[at + 1u] = min(${TILE}u, stop - query);
        layout.$.list[at + 2u] = ${RUNS}u * segment;
        layout.$.list[at + 3u] = ${RUNS}u;
      }
      if (local == 0u) {
        let runAt = runsAt + ${2 * RUNS}u * segment;
        layout.$.list[runAt] = begin;
        layout.$.list[runAt + 1u] = stop - begin;
#if RUNS > 1
        let groupStart = startOf(g * runs, total);
        layout.$.list[runAt + 2u] = groupStart;
        layout.$.list[runAt + 3u] = begin - groupStart;
        layout.$.list[runAt + 4u] = stop;
        layout.$.list[runAt + 5u] = groupEnd - stop;
#end
      }
      tiles += segmentTiles;
    }
  }
  if (local == 0u) {
    layout.$.list[0] = tiles;
    layout.$.list[1] = runsAt;
  }
}

/** Where a run of a group begins in the sorted order; the run behind the last begins at the end. */
fn startOf(run: u32, total: u32) -> u32 {
  if (run < ${GROUPS}u * layout.$.params.runs) {
    return layout.$.counts[run];
  }
  return total;
}
