import { type ReactNode, useMemo } from 'react';
import { useStore } from 'zustand';
import type { DitShape } from '../../model/checkpoint/dit.ts';
import type { WanModel } from '../../model/wanConfig.ts';
import { OwnModelsContext } from '../../storyboard/ownModels.ts';
import { useStudio } from '../studio.ts';

/** Lets the storyboard's settings know what is in the person's own files. */
export function OwnModels({ children }: { children: ReactNode }) {
  const { models } = useStudio();
  const report = useStore(models.state, (state) => state.report);
  const strengths = useStore(models.state, (state) => state.choices.loras);
  const known = useMemo(() => {
    const transformers: Partial<Record<WanModel, DitShape>> = {};
    for (const { model, transformer } of report.sets) if (transformer) transformers[model] = transformer;
    const lora = report.items.some(({ kind, name }) => kind === 'lora' && (strengths[name] ?? 0) !== 0);
    return { transformers, lora };
  }, [report, strengths]);
  return <OwnModelsContext value={known}>{children}</OwnModelsContext>;
}
