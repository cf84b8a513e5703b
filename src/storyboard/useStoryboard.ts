import { useStore } from 'zustand';
import { starterStoryboard } from './starter.ts';
import { createStoryboardStore, type StoryboardState } from './store.ts';

/** The page edits one storyboard. */
export const storyboard = createStoryboardStore(starterStoryboard());

export function useStoryboard<T>(select: (state: StoryboardState) => T): T {
  return useStore(storyboard, select);
}
