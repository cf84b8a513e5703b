import type { FilmGeometry } from '../plan/types.ts';
import type { Film, GenerationState, Job } from './generation.ts';

/** What the stage shows. `geometry` is that of the film it was made as, which editing may have left behind. */
export type Shown =
  | { kind: 'slates'; geometry: FilmGeometry; job: Job | null }
  | { kind: 'forming'; geometry: FilmGeometry; job: Job | null }
  | { kind: 'film'; geometry: FilmGeometry; film: Film };

export interface ShownParts extends Pick<GenerationState, 'job' | 'film' | 'halfway'> {
  /** Of the open storyboard. */
  documentId: string;
  /** As the open storyboard stands; null when the model cannot make it. */
  edited: FilmGeometry | null;
  /** Of the film that there are pictures of, if that is the open storyboard's. */
  formingGeometry: FilmGeometry | null;
}

/**
 * What the stage shows of the open storyboard; the film in the making may be another's. null when the model cannot make
 * a film of the storyboard's size and there is none to show.
 */
export function shownOf({
  documentId,
  edited,
  job,
  film,
  halfway,
  formingGeometry,
}: ShownParts): Shown | null {
  const own = job?.documentId === documentId ? job : null;
  if (!own && halfway !== documentId && film?.documentId === documentId)
    return { kind: 'film', geometry: film.geometry, film };
  if (formingGeometry) return { kind: 'forming', geometry: formingGeometry, job: own };
  const geometry = own?.geometry ?? edited;
  return geometry && { kind: 'slates', geometry, job: own };
}
