// counts[group, run] = how many rows of run `run` belong to `group`
//
// First of three passes of the stable counting sort by group: count, scan, scatter. One run of consecutive rows an
// invocation, so that the order inside a group is the order of the rows.
// cuts: the first row of every run, and behind them the end of the last. group: [rows]; counts: [GROUPS, runs].

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let run = (workgroup.y * workgroups.x + workgroup.x) * 16u + local;
  if (run >= layout.$.params.runs) {
    return;
  }
#for g in 0..GROUPS
  var count_${g} = 0u;
#end
  let end = layout.$.cuts[run + 1u];
  for (var row = layout.$.cuts[run]; row < end; row++) {
    let g = layout.$.group[row];
#for g in 0..GROUPS
    count_${g} += select(0u, 1u, g == ${g}u);
#end
  }
#for g in 0..GROUPS
  layout.$.counts[${g}u * layout.$.params.runs + run] = count_${g};
#end
}
