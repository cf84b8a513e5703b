import { drawCover } from '../film/player/drawCover.ts';
import type { StillsStore } from '../film/player/stills.ts';
import { mergePictures, pictureAt } from '../film/player/stills.ts';
import { stillsFromVideo } from '../film/player/stillsFromVideo.ts';
import type { Film, Generation } from './generation.ts';

type TakeStills = typeof stillsFromVideo;

/**
 * Keeps cards and filmstrips in pictures of the film on the stage, whether it was made just now or before a reload.
 * `keepStill` gets the picture that stands for the film in the library; `takeStills` takes pictures of a film.
 */
export function followFilm(
  { state }: Pick<Generation, 'state'>,
  stills: StillsStore,
  keepStill: (film: Film, still: Blob) => Promise<void>,
  takeStills: TakeStills = stillsFromVideo,
): void {
  let running = new AbortController();
  /** The film on the stage, as long as pictures of it are missing. */
  let lacking: Film | null = null;

  function take(film: Film): void {
    lacking = film;
    running = new AbortController();
    const { signal } = running;
    takePictures(film, stills, takeStills, signal)
      .then(() => {
        if (signal.aborted) return undefined;
        lacking = null;
        return keepOne(film, stills, keepStill);
      })
      .catch((error: unknown) => {
        // Without pictures the film still plays; the stage says so if it does not.
        if (!signal.aborted) console.warn('The filmstrip could not be drawn.', error);
      });
  }

  state.subscribe(({ film, job, halfway }, past) => {
    if (film !== past.film) {
      running.abort();
      lacking = null;
      if (film) take(film);
    } else if (job && !past.job && lacking) {
      // The pictures are from now on those of the film in the making; what there is stands in after it.
      running.abort();
      stills.setState(({ pictures }) => ({
        pictures: pictures.map((picture) => ({ ...picture, final: false })),
      }));
    } else if (!job && past.job && lacking && running.signal.aborted) {
      // A stopped film keeps its pictures on the stage, and so does one that has no finished film behind it.
      if (halfway === null && stills.getState().documentId === lacking.documentId) take(lacking);
    }
  });
}

async function takePictures(
  film: Film,
  stills: StillsStore,
  takeStills: TakeStills,
  signal: AbortSignal,
): Promise<void> {
  const { documentId, pictures } = stills.getState();
  const shows = documentId === film.documentId && pictures.length > 0;
  if (shows && pictures.every((picture) => picture.final)) return;
  stills.setState({
    documentId: film.documentId,
    geometry: film.geometry,
    pictures: shows ? pictures : [],
  });
  await takeStills(
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
