import tgpu, { d } from 'typegpu';
import eulerSource from '../../../shaders/euler.wgsl?raw';
import type { Dispatch, Gpu, KernelSource } from '../gpu/gpu.ts';
import type { PatchShape } from './latent.ts';
import { type StepArguments, stepBuffers, stepFields, stepOf, stepSource } from './step.ts';

const Params = d.struct({ ...stepFields, stepSize: d.f32 });
const kernel: KernelSource = {
  name: 'euler',
  wgsl: stepSource(eulerSource),
  layout: tgpu.bindGroupLayout({ params: { uniform: Params }, ...stepBuffers }),
};

export interface EulerArguments extends StepArguments {
  /** Noise level after the step. */
  nextSigma: number;
}

/** One Euler step of rectified flow with classifier-free guidance. */
export function eulerStep(gpu: Gpu, shape: PatchShape, args: EulerArguments): Promise<Dispatch> {
  const { x, vCond, vNull, estimate, sigma, nextSigma } = args;
  const { fields, vectors, workgroups } = stepOf(shape, args);
  const params = gpu.uniform('euler params', Params, { ...fields, stepSize: nextSigma - sigma });
  return gpu.dispatch(kernel, {}, { params, x, vCond, vNull, estimate }, workgroups, 24 * vectors);
}
