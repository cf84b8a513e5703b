import { createContext, useContext, useMemo } from 'react';
import type { DitShape } from '../model/checkpoint/dit.ts';
import type { ModelConfig } from '../model/config.ts';
import { isWanModel, type WanModel, wanTransformer } from '../model/wanConfig.ts';
import { useModel } from './studioModel.ts';
import { useStoryboard } from './useStoryboard.ts';

/** What is known of the person's own model files. */
export interface OwnModels {
  /** Sizes of the transformers that there are. */
  transformers: Readonly<Partial<Record<WanModel, DitShape>>>;
  /** A LoRA is switched on. */
  lora: boolean;
}

export const OwnModelsContext = createContext<OwnModels>({ transformers: {}, lora: false });

/** The transformer of the storyboard's model: as its file says, or as published while there is no file. */
export function useTransformer(): ModelConfig['dit'] {
  const { config } = useModel();
  const { transformers } = useContext(OwnModelsContext);
  const model = useStoryboard((state) => state.document.model);
  const shape = isWanModel(model) ? transformers[model] : undefined;
  return useMemo(
    () => (shape && isWanModel(model) ? wanTransformer(model, shape) : config.dit),
    [shape, model, config],
  );
}
