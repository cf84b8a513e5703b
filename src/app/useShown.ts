import { useEffect, useEffectEvent, useMemo } from 'react';
import { mapFrame, shotAt } from '../film/player/mapFrame.ts';
import { playhead, useStills } from '../film/player/usePlayer.ts';
import type { FilmGeometry } from '../plan/types.ts';
import { selectedShot } from '../storyboard/store.ts';
import { useGeometry } from '../storyboard/studioModel.ts';
import { storyboard, useStoryboard } from '../storyboard/useStoryboard.ts';
import type { Film, Job } from './generation.ts';
import { useGeneration } from './studio.ts';

/** What the stage shows. `geometry` is that of the film it was made as, which editing may have left behind. */
export type Shown =
  | { kind: 'slates'; geometry: FilmGeometry; job: Job | null }
  | { kind: 'forming'; geometry: FilmGeometry; job: Job | null }
  | { kind: 'film'; geometry: FilmGeometry; film: Film };

/** null when the model cannot make a film of the storyboard's size and there is none to show. */
export function useShown(): Shown | null {
  const documentId = useStoryboard((state) => state.documentId);
  const edited = useGeometry();
  const job = useGeneration((state) => state.job);
  const film = useGeneration((state) => state.film);
  const halfway = useGeneration((state) => state.halfway);
  const formingGeometry = useStills((state) =>
    state.documentId === documentId && state.pictures.length > 0 ? state.geometry : null,
  );
  return useMemo((): Shown | null => {
    if (!job && halfway !== documentId && film?.documentId === documentId)
      return { kind: 'film', geometry: film.geometry, film };
    if (formingGeometry) return { kind: 'forming', geometry: formingGeometry, job };
    const geometry = job?.geometry ?? edited;
    return geometry && { kind: 'slates', geometry, job };
  }, [documentId, edited, job, film, halfway, formingGeometry]);
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
