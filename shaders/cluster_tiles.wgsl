// tileStarts[head, i] = first tile of the queries of cluster i of this head; the header of the attention list
//
// Tiles of TILE queries, cluster after cluster (list format in attention_quad.wgsl). One invocation for all.
// starts: [heads, queryClusters + 1]; tileStarts: [heads, queryClusters].

@compute @workgroup_size(1)
fn main() {
  let clusters = layout.$.params.queryClusters;
  var tiles = 0u;
  for (var head = 0u; head < layout.$.params.heads; head++) {
    let at = head * (clusters + 1u);
    for (var i = 0u; i < clusters; i++) {
      layout.$.tileStarts[head * clusters + i] = tiles;
      let queries = layout.$.starts[at + i + 1u] - layout.$.starts[at + i];
      tiles += (queries + ${TILE - 1}u) / ${TILE}u;
    }
  }
  layout.$.list[0] = tiles;
  layout.$.list[1] = 4u + 4u * layout.$.params.maxTiles;
}
