import { expect, it } from 'vitest';

const shaders = import.meta.glob<string>('../../../shaders/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/**
 * Uses of `layout.$.name` below a local `name`. TypeGPU writes a binding as its bare name, so the local would be
 * read instead, and an index into it may even compile.
 */
function capturedBindings(source: string): string[] {
  const lines = source.split('\n').map((line) => line.replace(/\/\/.*/, ''));
  const locals = new Set<string>();
  return lines.flatMap((line, i) => {
    const captured = [...line.matchAll(/layout\.\$\.(\w+)/g)].filter(([, name = '']) => locals.has(name));
    for (const [, name = ''] of line.matchAll(/(?:\blet |\bvar |[(,)]\s*)(\w+)(?=\s*[:=])/g))
      locals.add(name);
    for (const [, name = ''] of line.matchAll(/@builtin\(\w+\) (\w+):/g)) locals.add(name);
    return captured.map(([use]) => `line ${i + 1}: ${use}`);
  });
}

it.each(Object.entries(shaders))('%s has no local that hides a binding', (_, source) => {
  expect(capturedBindings(source)).toEqual([]);
});

it('finds a local that hides a binding', () => {
  const parameter = 'fn main(@builtin(workgroup_id) group: vec3u) {\n  let g = layout.$.group[0];\n}';
  expect(capturedBindings(parameter)).toEqual(['line 2: layout.$.group']);
  expect(capturedBindings('let x = layout.$.x[0];\nlayout.$.y[0] = x;')).toEqual([]);
  expect(capturedBindings('var x = 1.0;\nlayout.$.x[0] = x;')).toEqual(['line 2: layout.$.x']);
  expect(capturedBindings('fn f(key: u32, x: f32) -> f32 {\nreturn layout.$.x[key];')).toHaveLength(1);
});
