import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { pageJournal } from './pageJournal.ts';

const choiceKey = 'shotweave.quality';

/**
 * Whether Generate makes drafts. A choice of the person on this machine, kept for the next visit; no storyboard knows
 * of it.
 */
const quality = createStore(() => ({ draft: pageJournal().getItem(choiceKey) === 'draft' }));

export function useDraft(): boolean {
  return useStore(quality, ({ draft }) => draft);
}

export function isDraft(): boolean {
  return quality.getState().draft;
}

export function chooseDraft(draft: boolean): void {
  quality.setState({ draft });
  try {
    pageJournal().setItem(choiceKey, draft ? 'draft' : 'final');
  } catch {
    // A full storage costs the memory of the choice, not the choice.
  }
}

export function followQuality(listener: () => void): () => void {
  return quality.subscribe(listener);
}
