import { createStore } from 'zustand/vanilla';
import { storyboard } from './useStoryboard.ts';

/** The shot whose prompt is to be written next: its card takes the focus when it is there. */
export const writing = createStore<{ shotId: string | null }>(() => ({ shotId: null }));

/** Adds a shot behind the selected one and puts the cursor into its prompt. */
export function addAndWrite(): void {
  const shotId = storyboard.actions.addShot();
  if (shotId !== null) writing.setState({ shotId });
}
