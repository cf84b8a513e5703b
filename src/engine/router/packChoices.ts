import tgpu, { d } from 'typegpu';
import packSource from '../../../shaders/pack_choices.wgsl?raw';
import type { Dispatch, Gpu, KernelSource, View } from '../gpu/gpu.ts';

const perWorkgroup = 64;

const PackParams = d.struct({ tokens: d.u32, firstWord: d.u32 });
const packKernel: KernelSource = {
  name: 'pack_choices',
  wgsl: packSource,
  layout: tgpu.bindGroupLayout({
    params: { uniform: PackParams },
    group: { storage: d.arrayOf(d.u32) },
    weight: { storage: d.arrayOf(d.f32) },
    packed: { storage: d.arrayOf(d.u32), access: 'mutable' },
  }),
};

export interface PackArguments {
  /** u32 a token, below 256. */
  group: View | GPUBuffer;
  /** f32 a token: the winning probability. */
  weight: View | GPUBuffer;
  /** Two bytes a token; written from `firstWord` on. */
  packed: View | GPUBuffer;
  tokens: number;
  firstWord: number;
}

/** Words that the choices of so many tokens take. */
export function packedWords(tokens: number): number {
  return Math.ceil(tokens / 2);
}

/** Puts the router's choice for every token into two bytes: the group, and how sure it was in 255ths. */
export function packChoices(gpu: Gpu, args: PackArguments): Promise<Dispatch> {
  const { group, weight, packed, tokens, firstWord } = args;
  const params = gpu.uniform('pack choices params', PackParams, { tokens, firstWord });
  const workgroups = Math.ceil(packedWords(tokens) / perWorkgroup);
  return gpu.dispatch(packKernel, {}, { params, group, weight, packed }, workgroups, 0);
}
