import { useEffect, useEffectEvent, useMemo } from 'react';
import { mapFrame, shotAt } from '../film/player/mapFrame.ts';
import { playhead, useStills } from '../film/player/usePlayer.ts';
import { selectedShot } from '../storyboard/store.ts';
import { useGeometry } from '../storyboard/studioModel.ts';
import { storyboard, useStoryboard } from '../storyboard/useStoryboard.ts';
import { type Shown, shownOf } from './shown.ts';
import { useGeneration } from './studio.ts';

export type { Shown } from './shown.ts';

/** What the stage shows, as shownOf() has it. */
export function useShown(): Shown | null {
  const documentId = useStoryboard((state) => state.documentId);
  const edited = useGeometry();
  const job = useGeneration((state) => state.job);
  const film = useGeneration((state) => state.film);
  const halfway = useGeneration((state) => state.halfway);
  const formingGeometry = useStills((state) =>
    state.documentId === documentId && state.pictures.length > 0 ? state.geometry : null,
  );
  return useMemo(
    () => shownOf({ documentId, edited, job, film, halfway, formingGeometry }),
    [documentId, edited, job, film, halfway, formingGeometry],
  );
}

/** Keeps the playhead inside what the stage shows, and takes it to a shot that the person selects. */
export function useKeepPlayhead(): void {
  const geometry = useShown()?.geometry;
  const edited = useGeometry();
  const selectedId = useStoryboard((state) => selectedShot(state).shot.id);
  useEffect(() => {
    if (geometry) playhead.actions.fit(geometry);
  }, [geometry]);

  const goTo = useEffectEvent((shotId: string) => {
    const { frame, playing } = playhead.getState();
    const shot = edited?.shots.find(({ id }) => id === shotId);
    if (playing || !geometry || !edited || !shot) return;
    const { origins } = storyboard.getState();
    const place = mapFrame(frame, geometry.shots, edited.shots, origins);
    if (place !== null && shotAt(place, edited.shots)?.id === shotId) return;
    const start = mapFrame(shot.frames.start, edited.shots, geometry.shots, origins);
    if (start !== null) playhead.actions.seek(start);
  });
  useEffect(() => {
    if (geometry) goTo(selectedId);
  }, [geometry, selectedId]);
}
