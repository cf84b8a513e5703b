import type { StillsStore } from '../film/player/stills.ts';
import { loadFilmRecord } from '../library/database.ts';
import type { FilmGeometry } from '../plan/types.ts';
import type { Storyboard } from '../storyboard/document.ts';
import type { StoryboardStore } from '../storyboard/store.ts';
import type { Generation } from './generation.ts';
import { notify, notifyError } from './notices.ts';

export interface RestageParts {
  storyboard: StoryboardStore;
  generation: Pick<Generation, 'state' | 'show'>;
  stills: StillsStore;
  readFilm(fileName: string): Promise<File | null>;
  geometryOf(document: Storyboard): FilmGeometry;
}

/**
 * Puts the film of the storyboard at hand on the stage, if the library has one: now, whenever another storyboard is
 * opened, and when a film in the making, to which the pictures belong, has ended. Returns what does so once more; it
 * tells of a failure in a notice and never rejects.
 */
export function keepStaged({
  storyboard,
  generation,
  stills,
  readFilm,
  geometryOf,
}: RestageParts): () => Promise<void> {
  async function stage(): Promise<void> {
    const { documentId } = storyboard.getState();
    const { value: record, problem } = await loadFilmRecord(documentId);
    if (problem) notify('error', problem);
    if (!record) return;
    const file = await readFilm(record.fileName);
    const { job, film } = generation.state.getState();
    if (!file || job || storyboard.getState().documentId !== documentId) return;
    // It may be there still, but without its pictures: those of another film in the making took their place.
    const { documentId: ofPictures } = stills.getState();
    if (film?.record.fileName === record.fileName && ofPictures === documentId) return;
    const geometry = geometryOf(record.storyboard);
    generation.show({ documentId, record, geometry, file, url: URL.createObjectURL(file) });
  }

  const restage = () => stage().catch(notifyError);
  storyboard.subscribe(({ documentId }, past) => {
    if (documentId !== past.documentId) void restage();
  });
  generation.state.subscribe(({ job }, past) => {
    if (past.job && !job) void restage();
  });
  void restage();
  return restage;
}
