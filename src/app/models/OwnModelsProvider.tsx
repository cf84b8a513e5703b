import { type ReactNode, useMemo } from 'react';
import { useStore } from 'zustand';
import { OwnModelsContext } from '../../storyboard/ownModels.ts';
import { useStudio } from '../studio.ts';
import { ownModelsOf } from './ownModels.ts';

/** Lets the storyboard's settings know what is in the person's own files. */
export function OwnModelsProvider({ children }: { children: ReactNode }) {
  const { models } = useStudio();
  const report = useStore(models.state, (state) => state.report);
  const loras = useStore(models.state, (state) => state.choices.loras);
  const known = useMemo(() => ownModelsOf(report, loras), [report, loras]);
  return <OwnModelsContext value={known}>{children}</OwnModelsContext>;
}
