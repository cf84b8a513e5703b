// y[rows, columns] = epilogue(a[rows, inner] * w[columns, inner]^T + bias[columns])
//
// Portable f32 variant: a workgroup of 8 x 8 invocations makes a 32 x 32 tile, 4 x 4 values each.
// Slabs of 16 inner values of both operands are staged in workgroup memory, transposed, so that a
// step reads four neighbouring rows and four neighbouring columns as one vec4 each.
// EPILOGUE as in gemm_quad.wgsl. inner is a multiple of 4.

const TILE = 32u;
const SLAB = 16u;

// [SLAB][TILE / 4]: four neighbouring rows (columns) of one inner index in a vec4.
var<workgroup> aSlab: array<vec4f, 128>;
var<workgroup> wSlab: array<vec4f, 128>;

fn activate(x: f32) -> f32 {
#if EPILOGUE == 1
  let u = clamp(0.7978845608028654 * (x + 0.044715 * x * x * x), -15.0, 15.0);
  return 0.5 * x * (1.0 + tanh(u));
#else
#if EPILOGUE == 2
  return x / (1.0 + exp(-x));
#else
  return x;
#end
#end
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let rows = layout.$.params.rows;
  let columns = layout.$.params.columns;
  let inner = layout.$.params.inner / 4u;
  let columnTiles = (columns + TILE - 1u) / TILE;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let row0 = (tile / columnTiles) * TILE;
  let column0 = (tile % columnTiles) * TILE;
  let ty = local / 8u;
  let tx = local % 8u;

  var acc: array<vec4f, 4>;
  for (var slab = 0u; slab < inner; slab += SLAB / 4u) {
    // Half of the invocations stage `a`, half `w`: four rows and four inner values each, turned in registers,
    // because invocations that store into components of one vector would race.
    let quad = (local % 32u) / 4u;
    let k = local % 4u;
    let live = slab + k < inner;
    if (local < 32u) {
#for r in 0..4
      let row_${r} = min(row0 + quad * 4u + ${r}u, rows - 1u);
      let a_${r} = select(vec4f(), layout.$.a[row_${r} * inner + min(slab + k, inner - 1u)], live);
#end
#for e in 0..4
      aSlab[(k * 4u + ${e}u) * 8u + quad] = vec4f(a_0[${e}], a_1[${e}], a_2[${e}], a_3[${e}]);
#end
    } else {
#for r in 0..4
      let column_${r} = min(column0 + quad * 4u + ${r}u, columns - 1u);
      let w_${r} = select(vec4f(), layout.$.w[column_${r} * inner + min(slab + k, inner - 1u)], live);
#end
#for e in 0..4
      wSlab[(k * 4u + ${e}u) * 8u + quad] = vec4f(w_0[${e}], w_1[${e}], w_2[${e}], w_3[${e}]);
#end
    }
    workgroupBarrier();
    for (var i = 0u; i < SLAB; i++) {
      let av = aSlab[i * 8u + ty];
      let wv = wSlab[i * 8u + tx];
#for r in 0..4
      acc[${r}] += av[${r}] * wv;
#end
    }
    workgroupBarrier();
  }

#for r in 0..4
  {
    let r = row0 + ty * 4u + ${r}u;
#for c in 0..4
    {
      let c = column0 + tx * 4u + ${c}u;
      if (r < rows && c < columns) {
        let value = activate(acc[${r}][${c}] + layout.$.bias[c]);
#if EPILOGUE == 3
        layout.$.y[r * columns + c] += value;
#else
#if EPILOGUE == 4
        layout.$.y[r * columns + c] += layout.$.gate[c] * value;
#else
        layout.$.y[r * columns + c] = value;
#end
#end
      }
    }
#end
  }
#end
}
