// order[position] = row: the rows sorted by group, stable
//
// Third pass of the sort. One run of consecutive rows an invocation; its positions begin where the
// scan put them. cuts as in group_count.wgsl. group: [rows]; starts: [GROUPS, runs]; order: [rows].

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let run = (workgroup.y * workgroups.x + workgroup.x) * 16u + local;
  if (run >= layout.$.params.runs) {
    return;
  }
#for g in 0..GROUPS
  var next_${g} = layout.$.starts[${g}u * layout.$.params.runs + run];
#end
  let end = layout.$.cuts[run + 1u];
  for (var row = layout.$.cuts[run]; row < end; row++) {
    let g = layout.$.group[row];
#for g in 0..GROUPS
    if (g == ${g}u) {
      layout.$.order[next_${g}] = row;
      next_${g} += 1u;
    }
#end
  }
}
