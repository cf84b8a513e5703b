import type { DitShape } from '../../model/checkpoint/dit.ts';
import type { WanModel } from '../../model/wanConfig.ts';
import type { ModelChoices, ModelReport } from '../../render/modelReport.ts';
import type { OwnModels } from '../../storyboard/ownModels.ts';

/** What the storyboard's settings need to know of the person's files, and of what was chosen about them. */
export function ownModelsOf({ sets, items }: ModelReport, loras: ModelChoices['loras']): OwnModels {
  const transformers: Partial<Record<WanModel, DitShape>> = {};
  for (const { model, transformer } of sets) if (transformer) transformers[model] = transformer;
  return { transformers, lora: items.some(({ kind, name }) => kind === 'lora' && (loras[name] ?? 0) !== 0) };
}
