import laneSumSource from '../../../shaders/lane_sum.wgsl?raw';
import type { Gpu, KernelSource } from '../gpu/gpu.ts';
import type { Family, KernelName } from '../tuning/variants.ts';
import { lanesOf } from './gemm.ts';

/**
 * How a kernel over rows spreads a row: one invocation has it all (a CPU has no use for neighbours), the lanes of a
 * subgroup share it, or a workgroup does.
 */
export type RowVariant = 'row' | 'lanes' | 'group';

const rowsPerWorkgroup = 16;
const invocations = 64;

/** The family of a kernel over rows. */
export function rowFamily(kernel: KernelName): Family<RowVariant> {
  return {
    kernel,
    variants: {
      lanes: { precision: 'f32', needs: { lanes: 4, invocations } },
      group: { precision: 'f32', needs: { invocations } },
      row: { precision: 'f32', needs: {} },
    },
    fallback: ({ quads }) => (quads ? 'row' : 'group'),
  };
}

/** A kernel over rows in its variants. */
export interface RowKernel {
  row: KernelSource;
  lanes: KernelSource;
  group: KernelSource;
}

/** From the shader for one invocation a row and the one for several. */
export function rowKernel(row: KernelSource, lanesWgsl: string): RowKernel {
  const wgsl = `${laneSumSource}\n${lanesWgsl}`;
  return {
    row,
    lanes: { ...row, name: `${row.name}_lanes`, wgsl, subgroups: true },
    group: { ...row, name: `${row.name}_group`, wgsl },
  };
}

/** Defines and workgroups for a number of rows. */
export function rowDispatch(gpu: Gpu, variant: RowVariant, rows: number) {
  if (variant === 'row') return { defines: {}, workgroups: Math.ceil(rows / rowsPerWorkgroup) };
  const shared = variant === 'group';
  const LANES = shared ? invocations : lanesOf(gpu);
  const ROWS = invocations / LANES;
  return { defines: { LANES, ROWS, SHARED: Number(shared) }, workgroups: Math.ceil(rows / ROWS) };
}
