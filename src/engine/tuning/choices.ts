import {
  type Family,
  type KernelFeatures,
  type KernelName,
  kernelNames,
  lacking,
  type Precision,
} from './variants.ts';

/** A variant that gave wrong numbers on this adapter, or did not run on it. */
export interface Dropped {
  kernel: KernelName;
  variant: string;
  /** What was wrong, in words. */
  reason: string;
}

/** What runs for every kernel and shape class, as it is cached and shown. */
export interface Picks {
  precision: Precision;
  /** `kernel` or `kernel:class` to the variant's name. */
  variants: Readonly<Record<string, string>>;
  dropped: readonly Dropped[];
}

export const noPicks: Picks = { precision: 'f32', variants: {}, dropped: [] };

function keyOf(kernel: KernelName, shape: string): string {
  return shape ? `${kernel}:${shape}` : kernel;
}

/** Which variant of each kernel runs on a device. Programs that are made later follow it. */
export class KernelChoices {
  readonly features: KernelFeatures;
  #picks: Picks = noPicks;
  /** Variants that tests and options ask for, before all picks. */
  #forced = new Map<KernelName, string>();

  constructor(features: KernelFeatures) {
    this.features = features;
  }

  get picks(): Picks {
    return this.#picks;
  }

  apply(picks: Picks): void {
    this.#picks = picks;
  }

  /** Makes a kernel run one variant for all shapes; null gives the choice back. */
  force(kernel: KernelName, variant: string | null): void {
    if (variant === null) this.#forced.delete(kernel);
    else this.#forced.set(kernel, variant);
  }

  /** Forces several kernels at once; those left out are as they were. */
  forceAll(variants: Partial<Record<KernelName, string>>): void {
    for (const [kernel, variant] of Object.entries(variants)) {
      if (isKernel(kernel)) this.force(kernel, variant);
    }
  }

  /** The variant of a kernel for a class of shapes. */
  of<Name extends string>(family: Family<Name>, shape = ''): Name {
    const { kernel } = family;
    const wanted = this.#forced.get(kernel) ?? this.#picks.variants[keyOf(kernel, shape)];
    if (wanted !== undefined && isVariant(family, wanted)) {
      if (lacking(this.features, family.variants[wanted].needs) === null) return wanted;
    }
    return family.fallback(this.features);
  }
}

function isKernel(name: string): name is KernelName {
  return kernelNames.some((kernel) => kernel === name);
}

function isVariant<Name extends string>(family: Family<Name>, name: string): name is Name {
  return Object.hasOwn(family.variants, name);
}

export { keyOf as pickKey };
