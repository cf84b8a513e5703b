// laneSum(value): the sum over the LANES invocations that share a row. Put before shaders that spread a row over them.
// SHARED: 1 = the row's invocations are the workgroup, and the sum goes through workgroup memory; 0 = they are
// neighbouring lanes of a subgroup, LANES a power of two that no subgroup is smaller than. All call it together.

#if SHARED
var<workgroup> partial: array<f32, ${LANES}>;

fn laneSum(value: f32, local: u32) -> f32 {
  workgroupBarrier();
  partial[local] = value;
  workgroupBarrier();
  for (var reach = ${LANES / 2}u; reach > 0u; reach /= 2u) {
    if (local < reach) {
      partial[local] += partial[local + reach];
    }
    workgroupBarrier();
  }
  return partial[0];
}
#else
fn laneSum(value: f32, local: u32) -> f32 {
  var sum = value;
  for (var reach = 1u; reach < ${LANES}u; reach *= 2u) {
    sum += subgroupShuffleXor(sum, reach);
  }
  return sum;
}
#end
