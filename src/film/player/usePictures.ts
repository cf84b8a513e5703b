import { useMemo } from 'react';
import { type Picture, picturesOf } from './stills.ts';
import { useStills } from './usePlayer.ts';

/** Pictures of a shot of the given storyboard, in order; none when those at hand are of another storyboard. */
export function usePictures(documentId: string, shotId: string): readonly Picture[] {
  const state = useStills((all) => all);
  return useMemo(
    () => (state.documentId === documentId ? picturesOf(state, shotId) : []),
    [state, documentId, shotId],
  );
}
