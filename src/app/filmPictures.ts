import type { StillsStore } from '../film/player/stills.ts';
import { mergePictures } from '../film/player/stills.ts';
import { stillsFromVideo } from '../film/player/stillsFromVideo.ts';
import type { Film, Generation } from './generation.ts';

/** Keeps cards and filmstrips in pictures of the film on the stage, whether it was made just now or before a reload. */
export function followFilm({ state }: Generation, stills: StillsStore): void {
  let running = new AbortController();
  state.subscribe(({ film }, past) => {
    if (!film || film === past.film) return;
    running.abort();
    running = new AbortController();
    takePictures(film, stills, running.signal).catch((error: unknown) => {
      // Without pictures the film still plays; the stage says so if it does not.
      if (!running.signal.aborted) console.warn('The filmstrip could not be drawn.', error);
    });
  });
}

async function takePictures(film: Film, stills: StillsStore, signal: AbortSignal): Promise<void> {
  const { documentId, pictures } = stills.getState();
  const shows = documentId === film.documentId && pictures.length > 0;
  if (shows && pictures.every((picture) => picture.final)) return;
  stills.setState({
    documentId: film.documentId,
    geometry: film.geometry,
    pictures: shows ? pictures : [],
  });
  await stillsFromVideo(
    film.url,
    film.geometry,
    (picture) => {
      if (signal.aborted) return;
      stills.setState((state) => ({ pictures: mergePictures(state.pictures, [picture]) }));
    },
    signal,
  );
  // What is left of the forming film goes only now: a filmstrip never falls empty.
  if (signal.aborted) return;
  stills.setState((state) => ({ pictures: state.pictures.filter((picture) => picture.final) }));
}
