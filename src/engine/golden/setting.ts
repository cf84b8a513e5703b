import type { ModelConfig } from '../../model/config.ts';
import type { Gpu } from '../gpu/gpu.ts';
import type { Runner } from '../gpu/runner.ts';
import type { Model } from '../model.ts';
import type { Safetensors } from '../weights/safetensors.ts';
import type { GoldenRow } from './compare.ts';

/** What a golden comparison runs with. */
export interface GoldenSetting {
  gpu: Gpu;
  runner: Runner;
  model: Model;
  config: ModelConfig;
  /** Whether a kernel multiplies in f16. */
  half?: boolean;
  /** The weights again, for what is computed on the host. */
  dit: Safetensors;
}

/** Hears of every tensor as it has been compared. */
export type RowListener = (row: GoldenRow) => void;
