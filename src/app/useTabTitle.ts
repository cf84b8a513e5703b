import { useEffect } from 'react';
import { titleOf } from '../storyboard/document.ts';
import { useStoryboard } from '../storyboard/useStoryboard.ts';
import { tabTitle } from './progressWords.ts';
import { useGeneration } from './studio.ts';

/** Says in the tab which film it is and how far, for who waits in another one. */
export function useTabTitle(): void {
  const title = useStoryboard((state) => titleOf(state.document));
  const words = useGeneration(({ job }) => tabTitle(job, title));
  useEffect(() => {
    document.title = words;
  }, [words]);
}
