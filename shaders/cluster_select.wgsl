// The clusters of keys that each cluster of queries keeps, as tiles and runs of an attention list
//
// Sparse VideoGen2 (arXiv 2505.18875): with n_j keys in cluster j, share_j = n_j e^score_j / sum over l of n_l e^score_l.
// Clusters are kept from the largest share down until their sum passes `mass` (the one that passes it is kept), and in
// any case the `least` largest. Instead of a sort, the smallest share that is kept is found by halving the range of its
// bits, for the bits of positive floats are in the order of their values; equal shares are kept together.
//
// Kept clusters that lie side by side in the sorted keys become one run. One cluster of queries an invocation.
// scores: [heads, queryClusters, keyClusters], which become shares; starts as bucket_start.wgsl leaves them, of queries
// and of keys; list: tiles, then maxRuns runs for every cluster of queries of every head.

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let item = (workgroup.y * workgroups.x + workgroup.x) * 16u + local;
  let queryClusters = layout.$.params.queryClusters;
  let keyClusters = layout.$.params.keyClusters;
  if (item >= layout.$.params.heads * queryClusters) {
    return;
  }
  let head = item / queryClusters;
  let queriesAt = head * (queryClusters + 1u) + item % queryClusters;
  let firstQuery = layout.$.queryStarts[queriesAt];
  let endQuery = layout.$.queryStarts[queriesAt + 1u];
  if (firstQuery == endQuery) {
    return;
  }
  let keysAt = head * (keyClusters + 1u);
  let scoresAt = item * keyClusters;

  var top = -1e30;
  for (var j = 0u; j < keyClusters; j++) {
    if (layout.$.keyStarts[keysAt + j + 1u] > layout.$.keyStarts[keysAt + j]) {
      top = max(top, layout.$.scores[scoresAt + j]);
    }
  }
  var sum = 0.0;
  for (var j = 0u; j < keyClusters; j++) {
    let keys = layout.$.keyStarts[keysAt + j + 1u] - layout.$.keyStarts[keysAt + j];
    let share = f32(keys) * exp(min(layout.$.scores[scoresAt + j] - top, 0.0));
    layout.$.scores[scoresAt + j] = share;
    sum += share;
  }
  // Compared with sums of shares before they are divided.
  let most = layout.$.params.mass * sum;

  var low = 0u;
  var high = bitcast<u32>(sum);
  while (low < high) {
    let middle = (low + high) / 2u;
    let threshold = bitcast<f32>(middle);
    var above = 0.0;
    var count = 0u;
    for (var j = 0u; j < keyClusters; j++) {
      let share = layout.$.scores[scoresAt + j];
      if (share > threshold) {
        above += share;
        count += 1u;
      }
    }
    if (above <= most || count < layout.$.params.least) {
      high = middle;
    } else {
      low = middle + 1u;
    }
  }
  let smallest = bitcast<f32>(low);

  let firstRun = item * layout.$.params.maxRuns;
  let runsAt = 4u + 4u * layout.$.params.maxTiles + 2u * firstRun;
  let firstPosition = head * layout.$.params.tokens;
  var runs = 0u;
  var runEnd = 0u;
  for (var j = 0u; j < keyClusters; j++) {
    let start = layout.$.keyStarts[keysAt + j];
    let end = layout.$.keyStarts[keysAt + j + 1u];
    if (start == end || layout.$.scores[scoresAt + j] < smallest) {
      continue;
    }
    if (runs > 0u && start == runEnd) {
      layout.$.list[runsAt + 2u * runs - 1u] += end - start;
    } else {
      layout.$.list[runsAt + 2u * runs] = firstPosition + start;
      layout.$.list[runsAt + 2u * runs + 1u] = end - start;
      runs += 1u;
    }
    runEnd = end;
  }

  var tileAt = 4u + 4u * layout.$.tileStarts[item];
  for (var query = firstQuery; query < endQuery; query += ${TILE}u) {
    layout.$.list[tileAt] = firstPosition + query;
    layout.$.list[tileAt + 1u] = min(${TILE}u, endQuery - query);
    layout.$.list[tileAt + 2u] = firstRun;
    layout.$.list[tileAt + 3u] = runs;
    tileAt += 4u;
  }
}
