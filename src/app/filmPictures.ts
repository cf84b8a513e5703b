import { drawCover } from '../film/player/drawCover.ts';
import type { StillsStore } from '../film/player/stills.ts';
import { mergePictures, pictureAt } from '../film/player/stills.ts';
import { stillsFromVideo } from '../film/player/stillsFromVideo.ts';
import type { Film, Generation } from './generation.ts';

/**
 * Keeps cards and filmstrips in pictures of the film on the stage, whether it was made just now or before a reload.
 * `keepStill` gets the picture that stands for the film in the library.
 */
export function followFilm(
  { state }: Pick<Generation, 'state'>,
  stills: StillsStore,
  keepStill: (film: Film, still: Blob) => Promise<void>,
): void {
  let running = new AbortController();
  state.subscribe(({ film }, past) => {
    if (!film || film === past.film) return;
    running.abort();
    running = new AbortController();
    const { signal } = running;
    takePictures(film, stills, signal)
      .then(() => (signal.aborted ? undefined : keepOne(film, stills, keepStill)))
      .catch((error: unknown) => {
        // Without pictures the film still plays; the stage says so if it does not.
        if (!signal.aborted) console.warn('The filmstrip could not be drawn.', error);
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

/** Width of the picture in the library, in pixels: twice what the list shows, for dense screens. */
const stillWidth = 240;

async function keepOne(
  film: Film,
  stills: StillsStore,
  keepStill: (film: Film, still: Blob) => Promise<void>,
): Promise<void> {
  const { documentId, geometry } = film;
  const state = stills.getState();
  const picture = pictureAt(state.pictures, geometry.frames / 2);
  if (!picture || state.documentId !== documentId) return;
  const height = Math.round((stillWidth * picture.height) / picture.width);
  const canvas = new OffscreenCanvas(stillWidth, height);
  const context = canvas.getContext('2d');
  if (!context) return;
  drawCover(context, picture, { x: 0, y: 0, width: stillWidth, height });
  await keepStill(film, await canvas.convertToBlob({ type: 'image/webp', quality: 0.85 }));
}
