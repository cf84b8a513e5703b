import tgpu, { d } from 'typegpu';
import unipcSource from '../../../shaders/unipc.wgsl?raw';
import type { Dispatch, Gpu, KernelSource, View } from '../gpu/gpu.ts';
import type { UnipcStep } from '../sampling/unipc.ts';
import type { PatchShape } from './latent.ts';
import { type StepArguments, stepBuffers, stepFields, stepOf, stepSource } from './step.ts';

type Buffer = View | GPUBuffer;

const Params = d.struct({
  ...stepFields,
  fromX: d.f32,
  fromLast: d.f32,
  now: d.f32,
  old: d.f32,
  older: d.f32,
  keep: d.f32,
  towards: d.f32,
  away: d.f32,
});
const kernel: KernelSource = {
  name: 'unipc',
  wgsl: stepSource(unipcSource),
  layout: tgpu.bindGroupLayout({
    params: { uniform: Params },
    ...stepBuffers,
    last: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
    m1: { storage: d.arrayOf(d.vec4f) },
    m2: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
  }),
};

export interface UnipcArguments extends StepArguments {
  /** What the step before started from; receives what this one does. */
  last: Buffer;
  /** Clean latents that the step before expected. */
  m1: Buffer;
  /** Those of the step before that; receives this step's. */
  m2: Buffer;
  step: UnipcStep;
}

/** One step of UniPC with classifier-free guidance. */
export function unipcStep(gpu: Gpu, shape: PatchShape, args: UnipcArguments): Promise<Dispatch> {
  const { x, vCond, vNull, estimate, last, m1, m2, step } = args;
  const { fields, vectors, workgroups } = stepOf(shape, args);
  const params = gpu.uniform('unipc params', Params, { ...fields, ...step.correct, ...step.predict });
  const views = { params, x, vCond, vNull, estimate, last, m1, m2 };
  return gpu.dispatch(kernel, {}, views, workgroups, 60 * vectors);
}
