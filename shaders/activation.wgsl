// x = f(x), in place: KIND 0 ReLU, KIND 1 limit * tanh(x / limit), KIND 2 GELU by its tanh
//
// Four values an invocation. x: [count] vec4.

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) local: u32) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * 64u + local;
  if (i >= layout.$.params.count) {
    return;
  }
  let value = layout.$.x[i];
#if KIND == 0
  layout.$.x[i] = max(value, vec4f());
#else
  // tanh overflows to NaN in some drivers for large arguments.
#if KIND == 1
  let limit = layout.$.params.limit;
  layout.$.x[i] = limit * tanh(clamp(value / limit, vec4f(-15.0), vec4f(15.0)));
#else
  let bent = 0.7978845608 * (value + 0.044715 * value * value * value);
  layout.$.x[i] = 0.5 * value * (1.0 + tanh(clamp(bent, vec4f(-15.0), vec4f(15.0))));
#end
#end
}
