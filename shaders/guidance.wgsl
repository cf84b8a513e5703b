// fresh: change = v - change, where change holds the velocity with the negative prompt;  v += (guidance - 1) * change
//
// Classifier-free guidance whose second pass is made on some steps only: what it changes is kept, and added on the
// steps between. v, change: [count] vectors of the velocity's tokens.

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * 64u + local;
  if (i >= layout.$.params.count) {
    return;
  }
  let prompted = layout.$.v[i];
#if FRESH
  let moved = prompted - layout.$.change[i];
  layout.$.change[i] = moved;
#else
  let moved = layout.$.change[i];
#end
  layout.$.v[i] = prompted + (layout.$.params.guidance - 1.0) * moved;
}
