import { storyboard } from '../storyboard/useStoryboard.ts';
import { unfinishedOf } from './generationState.ts';
import { isDraft } from './quality.ts';
import { useStudio } from './studio.ts';

/** Starts the film, or goes on with it where it was interrupted; the page shows how it goes and what went wrong. */
export function useGenerate(): () => void {
  const { generation } = useStudio();
  return () => {
    const unfinished = unfinishedOf(generation.state.getState(), storyboard.getState().document);
    // The failure panel shows the error, which `generate` keeps in its state.
    generation
      .generate({ ...(unfinished?.only && { only: unfinished.only }), ...(isDraft() && { draft: true }) })
      .catch(() => undefined);
  };
}
