import { playhead } from '../film/player/usePlayer.ts';
import { takeFrames } from '../film/player/videoFrames.ts';
import { drawSheet } from '../film/sheet/drawSheet.ts';
import { invariant } from '../lib/errors.ts';
import { saveToDisk } from '../library/saveToDisk.ts';
import { serializeStoryboard, titleOf } from '../storyboard/document.ts';
import { storyboard } from '../storyboard/useStoryboard.ts';
import { fileStem, stemOf } from './fileStem.ts';
import type { Film } from './generation.ts';
import { notify, notifyError } from './notices.ts';

/** Name that the files of the storyboard at hand get, without its ending. */
export function exportStem(): string {
  return fileStem(storyboard.getState().document.title);
}

/** Saves the finished film, the storyboard inside. */
export function saveFilm({ file, record }: Film, stem: string): Promise<void> {
  const sentence = 'The film is saved. Drop it on this page to get its storyboard back.';
  return save(file, `${stemOf(stem, record)}.mp4`, sentence);
}

/** Saves the film's frame at the playhead as a picture. */
export function savePoster(film: Film, stem: string): Promise<void> {
  const frame = Math.min(playhead.getState().frame, film.geometry.frames - 1);
  return save(() => poster(film, frame), `${stemOf(stem, film.record)}-${frame}.png`, 'The poster is saved.');
}

/** Saves one picture of all shots, from the middle of each, with their numbers, lengths and prompts. */
export function saveContactSheet(film: Film, stem: string): Promise<void> {
  return save(
    () => contactSheet(film),
    `${stemOf(stem, film.record)}-contact-sheet.png`,
    'The contact sheet is saved.',
  );
}

/** Saves the storyboard as it stands. */
export function saveStoryboard(stem: string): Promise<void> {
  const { document } = storyboard.getState();
  const file = new Blob([serializeStoryboard(document)], { type: 'application/json' });
  return save(file, `${stem}.shotweave.json`, 'The storyboard is saved.');
}

async function save(content: Blob | (() => Promise<Blob>), name: string, sentence: string): Promise<void> {
  try {
    if ((await saveToDisk(content, name)) === 'saved') notify('done', sentence);
  } catch (error) {
    notifyError(error);
  }
}

async function poster(film: Film, frame: number): Promise<Blob> {
  const [image] = await framesOf(film, [frame]);
  invariant(image, 'a frame of the film was taken');
  return image.convertToBlob({ type: 'image/png' });
}

async function contactSheet(film: Film): Promise<Blob> {
  const { geometry, record } = film;
  const middles = geometry.shots.map(({ frames }) => frames.start + Math.floor(frames.count / 2));
  const words = {
    title: titleOf(record.storyboard),
    prompts: record.storyboard.shots.map(({ prompt }) => prompt),
  };
  const sheet = drawSheet(geometry, words, await framesOf(film, middles));
  return sheet.convertToBlob({ type: 'image/png' });
}

async function framesOf({ url, geometry }: Film, frames: number[]): Promise<OffscreenCanvas[]> {
  const images: OffscreenCanvas[] = [];
  const { signal } = new AbortController();
  await takeFrames(url, geometry.fps, frames, (image) => images.push(image), signal);
  return images;
}
