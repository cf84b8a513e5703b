/** Kernels that come in variants. */
export const kernelNames = ['gemm', 'attention', 'conv', 'layerNorm', 'qkNorm', 'route', 'sort'] as const;

export type KernelName = (typeof kernelNames)[number];

/** What multiplies: f16 variants load and multiply in f16 and add up in f32. */
export type Precision = 'f32' | 'f16';

/** A shape that the adapter's subgroup matrices come in: [m, inner] * [inner, n], sizes of 8 or 16. */
export interface MatrixShape {
  m: number;
  n: number;
  inner: number;
  /** Most lanes that a subgroup has. */
  lanes: number;
}

/** Subgroups of a workgroup that multiply matrices; what others there are help them. */
export const multiplyingSubgroups = 4;

/** What the device can do for kernels. */
export interface KernelFeatures {
  /** Subgroups of exactly four lanes with quad operations, on the CPU. */
  quads: boolean;
  f16: boolean;
  /** Fewest lanes that a subgroup has; 0 without subgroups. */
  lanes: number;
  /** Subgroup matrices by the precision of what they multiply; they add up in f32. */
  matrix: Readonly<Record<Precision, MatrixShape | null>>;
  workgroupBytes: number;
  invocations: number;
}

/** What a variant asks of a device. */
export interface Needs {
  quads?: true;
  f16?: true;
  /** Fewest lanes that a subgroup must have. */
  lanes?: number;
  /** Subgroup matrices that multiply in this precision. */
  matrix?: Precision;
  /** Workgroup memory. */
  workgroupBytes?: number;
  /** Invocations in a workgroup. */
  invocations?: number;
}

export interface Variant {
  precision: Precision;
  needs: Needs;
}

/** A kernel with its variants, in the order that they are tried in where `fallback` is wrong and nothing was measured. */
export interface Family<Name extends string = string> {
  kernel: KernelName;
  variants: Readonly<Record<Name, Variant>>;
  /** What runs where nothing was measured. */
  fallback: (features: KernelFeatures) => Name;
}

/** Why a device cannot run a variant, in words; null where it can. */
export function lacking(features: KernelFeatures, needs: Needs): string | null {
  if (needs.quads && !features.quads) return 'no quads';
  if (needs.f16 && !features.f16) return 'no shader-f16';
  if (needs.matrix && !features.matrix[needs.matrix]) return `no subgroup matrices in ${needs.matrix}`;
  if (needs.lanes !== undefined && features.lanes < needs.lanes) {
    return features.lanes === 0 ? 'no subgroups' : `subgroups of ${features.lanes} lanes`;
  }
  if ((needs.workgroupBytes ?? 0) > features.workgroupBytes) return 'too little workgroup memory';
  if ((needs.invocations ?? 0) > features.invocations) return 'too small workgroups';
  return null;
}

/** Names of the variants that a device can run. */
export function runnable<Name extends string>(family: Family<Name>, features: KernelFeatures): Name[] {
  return names(family).filter((name) => lacking(features, family.variants[name].needs) === null);
}

/** Names of all variants, in order. */
export function names<Name extends string>(family: Family<Name>): Name[] {
  return Object.keys(family.variants).filter((name): name is Name => Object.hasOwn(family.variants, name));
}
