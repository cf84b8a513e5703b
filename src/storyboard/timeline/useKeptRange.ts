import { useEffect, useRef } from 'react';
import type { Origins } from '../../film/player/origins.ts';
import { mapRange } from '../../film/player/range.ts';
import { playhead } from '../../film/player/usePlayer.ts';
import type { FilmGeometry, Run, ShotSpan } from '../../plan/types.ts';

interface Kept {
  range: Run | null;
  /** The cut that the range is of. */
  shots: readonly ShotSpan[];
}

/** Ranges of the storyboards that were open on this visit, by document. No part of any document or undo step. */
const others = new Map<string, Kept>();

/** Gives every document its own in and out points, and takes them along when the film on the stage is cut otherwise. */
export function useKeptRange(
  documentId: string,
  { shots, frames, fps }: FilmGeometry,
  origins: Origins,
): void {
  const present = useRef<{ documentId: string; shots: readonly ShotSpan[] }>(null);
  useEffect(() => {
    const { range } = playhead.getState();
    const past = present.current;
    present.current = { documentId, shots };
    // A range must lie inside the film that the playhead knows.
    playhead.actions.fit({ frames, fps });
    if (past?.documentId === documentId) {
      if (range) playhead.actions.setRange(mapRange(range, past.shots, shots, origins));
      return;
    }
    if (past) others.set(past.documentId, { range, shots: past.shots });
    const kept = others.get(documentId);
    playhead.actions.setRange(kept?.range ? mapRange(kept.range, kept.shots, shots, origins) : null);
  }, [documentId, shots, frames, fps, origins]);
}
