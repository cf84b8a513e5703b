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
  let runsAt = 4u + 4u * layout.$.params.maxTiles;
  var tiles = 0u;
  for (var g = 0u; g < ${GROUPS}u; g++) {
    var start = total;
    if (runs > 0u) {
      start = layout.$.counts[g * runs];
    }
    var stop = total;
    if (runs > 0u && g < ${GROUPS - 1}u) {
      stop = layout.$.counts[(g + 1u) * runs];
    }
    let groupTiles = (stop - start + ${TILE - 1}u) / ${TILE}u;
    for (var tile = local; tile < groupTiles; tile += 256u) {
      let at = 4u + 4u * (tiles + tile);
      let query = start + tile * ${TILE}u;
      layout.$.list[at] = query;
      layout.$.list[at + 1u] = min(${TILE}u, stop - query);
      layout.$.list[at + 2u] = g;
      layout.$.list[at + 3u] = 1u;
    }
    if (local == 0u) {
      layout.$.list[runsAt + 2u * g] = start;
      layout.$.list[runsAt + 2u * g + 1u] = stop - start;
    }
    tiles += groupTiles;
  }
  if (local == 0u) {
    layout.$.list[0] = tiles;
    layout.$.list[1] = runsAt;
  }
}
