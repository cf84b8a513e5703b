// The chunks of keys that each tile of queries attends to, as runs of an attention list
//
// Mixture of contexts (arXiv 2508.21058): a chunk's score is the tile's mean query times the chunk's mean key; the TOP
// best of the tile's candidates are kept beside the run that it always sees (its own shot or chunk). Ties go to the
// lower chunk. One tile of one head an invocation.
//
// tiles: [tile count, 8] = first list tile, list tiles, first key and keys of the run always seen, first candidate and
// their end, a chunk that is no candidate (its own), unused; chunks: [chunk count, 2] = first token, tokens;
// q: [heads, tile count, D4 vec4], k: [heads, chunk count, D4 vec4]: mean queries and keys;
// list: [-, position of the runs, -, -], list tiles (format in attention_quad.wgsl) with TOP + 1 runs for every tile.

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let item = (workgroup.y * workgroups.x + workgroup.x) * 16u + local;
  let tileCount = layout.$.params.tiles;
  let chunkCount = layout.$.params.chunks;
  if (item >= layout.$.params.heads * tileCount) {
    return;
  }
  let head = item / tileCount;
  let at = item % tileCount * 8u;
  let queryAt = item * ${D4}u;
#for d in 0..D4
  let q_${d} = layout.$.q[queryAt + ${d}u];
#end
#for r in 0..TOP
  var score_${r} = -1e30;
  var chunk_${r} = 0u;
#end
  var found = 0u;
  let own = layout.$.tiles[at + 6u];
  for (var c = layout.$.tiles[at + 4u]; c < layout.$.tiles[at + 5u]; c++) {
    if (c == own) {
      continue;
    }
    let keyAt = (head * chunkCount + c) * ${D4}u;
    var s = 0.0;
#for d in 0..D4
    s += dot(q_${d}, layout.$.k[keyAt + ${d}u]);
#end
    found += 1u;
    // Insertion: what is pushed out of one place goes on to the next.
    var next = s;
    var nextChunk = c;
#for r in 0..TOP
    if (next > score_${r}) {
      let outScore = score_${r};
      let outChunk = chunk_${r};
      score_${r} = next;
      chunk_${r} = nextChunk;
      next = outScore;
      nextChunk = outChunk;
    }
#end
  }

  let firstPosition = head * layout.$.params.tokens;
  let firstRun = item * ${TOP + 1}u;
  let runAt = layout.$.list[1] + 2u * firstRun;
  layout.$.list[runAt] = firstPosition + layout.$.tiles[at + 2u];
  layout.$.list[runAt + 1u] = layout.$.tiles[at + 3u];
#for r in 0..TOP
  if (found > ${r}u) {
    layout.$.list[runAt + ${2 * (r + 1)}u] = firstPosition + layout.$.chunks[2u * chunk_${r}];
    layout.$.list[runAt + ${2 * (r + 1) + 1}u] = layout.$.chunks[2u * chunk_${r} + 1u];
  }
#end
  let firstTile = head * layout.$.params.listTiles + layout.$.tiles[at];
  for (var tile = firstTile; tile < firstTile + layout.$.tiles[at + 1u]; tile++) {
    layout.$.list[4u + 4u * tile + 2u] = firstRun;
    layout.$.list[4u + 4u * tile + 3u] = 1u + min(found, ${TOP}u);
  }
}
