import tgpu, { d } from 'typegpu';
import adamsSource from '../../../shaders/adams.wgsl?raw';
import type { Dispatch, Gpu, KernelSource, View } from '../gpu/gpu.ts';
import type { AdamsStep } from '../sampling/adams.ts';
import type { PatchShape } from './latent.ts';
import { type StepArguments, stepBuffers, stepFields, stepOf, stepSource } from './step.ts';

const Params = d.struct({ ...stepFields, now: d.f32, old: d.f32 });
const kernel: KernelSource = {
  name: 'adams',
  wgsl: stepSource(adamsSource),
  layout: tgpu.bindGroupLayout({
    params: { uniform: Params },
    ...stepBuffers,
    slope: { storage: d.arrayOf(d.vec4f), access: 'mutable' },
  }),
};

export interface AdamsArguments extends StepArguments {
  /** Guided velocity of the step before, a finite number where there was none; receives this step's. */
  slope: View | GPUBuffer;
  step: AdamsStep;
}

/** One step of Adams and Bashforth's method of order 2 with classifier-free guidance. */
export function adamsStep(gpu: Gpu, shape: PatchShape, args: AdamsArguments): Promise<Dispatch> {
  const { x, vCond, vNull, estimate, slope, step } = args;
  const { fields, vectors, workgroups } = stepOf(shape, args);
  const params = gpu.uniform('adams params', Params, { ...fields, ...step });
  return gpu.dispatch(kernel, {}, { params, x, vCond, vNull, estimate, slope }, workgroups, 32 * vectors);
}
