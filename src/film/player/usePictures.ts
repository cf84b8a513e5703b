import { useMemo } from 'react';
import type { Origins } from './origins.ts';
import { type Picture, picturesOf, type StillsState } from './stills.ts';
import { useStills } from './usePlayer.ts';

/**
 * Pictures of a shot of the given storyboard, in order; none when those at hand are of another storyboard. The list
 * is the same one until a picture of this shot changes.
 */
export function usePictures(documentId: string, shotId: string, origins: Origins): readonly Picture[] {
  const select = useMemo(() => {
    let last: readonly Picture[] = [];
    return (state: StillsState) => {
      const next = state.documentId === documentId ? picturesOf(state, shotId, origins) : [];
      if (!samePictures(last, next)) last = next;
      return last;
    };
  }, [documentId, shotId, origins]);
  return useStills(select);
}

function samePictures(a: readonly Picture[], b: readonly Picture[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ image, frame }, index) => image === b[index]?.image && frame === b[index]?.frame)
  );
}
