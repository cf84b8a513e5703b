import { createStore } from 'zustand/vanilla';
import { pictureAt, picturesOf } from '../../film/player/stills.ts';
import { stills } from '../../film/player/usePlayer.ts';
import { type PrintSheet, printSheet } from '../../film/sheet/printSheet.ts';
import { invariant } from '../../lib/errors.ts';
import type { FilmGeometry } from '../../plan/types.ts';
import { titleOf } from '../../storyboard/document.ts';
import { storyboard } from '../../storyboard/useStoryboard.ts';
import { notifyError } from '../notices.ts';

/** The sheet that the page prints instead of itself; null while it prints none. */
export const printing = createStore<{ sheet: PrintSheet | null; stem: string }>()(() => ({
  sheet: null,
  stem: '',
}));

/** Width of the stills on paper, in pixels: 300 to the inch on 62 mm. */
const stillWidth = 732;

/** Prints the storyboard as it stands, with the pictures that are at hand. `stem` is the name that a PDF gets. */
export async function printStoryboard(geometry: FilmGeometry, stem: string): Promise<void> {
  try {
    const { document } = storyboard.getState();
    const urls = await Promise.all(geometry.shots.map(({ id }) => stillOf(id)));
    const words = {
      title: titleOf(document),
      look: document.look,
      prompts: document.shots.map(({ prompt }) => prompt),
    };
    printing.setState({ sheet: printSheet(geometry, words, urls), stem });
  } catch (error) {
    notifyError(error);
  }
}

/** Takes the sheet off the page again. */
export function endPrinting(): void {
  for (const { still } of printing.getState().sheet?.rows ?? []) if (still) URL.revokeObjectURL(still);
  printing.setState({ sheet: null });
}

/** Object URL of a picture from the middle of a shot; null while the shot has none. */
async function stillOf(shotId: string): Promise<string | null> {
  const state = stills.getState();
  if (state.documentId !== storyboard.getState().documentId) return null;
  const pictures = picturesOf(state, shotId, storyboard.getState().origins);
  const [first, last] = [pictures[0], pictures.at(-1)];
  const picture = first && last && pictureAt(pictures, (first.frame + last.frame) / 2);
  if (!picture) return null;
  const canvas = new OffscreenCanvas(stillWidth, Math.round((stillWidth * picture.height) / picture.width));
  const context = canvas.getContext('2d');
  invariant(context, 'a canvas of our own has a 2d context');
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture.image, 0, 0, canvas.width, canvas.height);
  return URL.createObjectURL(await canvas.convertToBlob({ type: 'image/png' }));
}
