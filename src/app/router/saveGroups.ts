import { playhead } from '../../film/player/usePlayer.ts';
import { takeFrames } from '../../film/player/videoFrames.ts';
import { invariant } from '../../lib/errors.ts';
import { saveToDisk } from '../../library/saveToDisk.ts';
import { titleOf } from '../../storyboard/document.ts';
import { fileStem } from '../fileStem.ts';
import { notify, notifyError } from '../notices.ts';
import { drawGroups, greyOut } from './drawGroups.ts';
import { groupsJson } from './groupsJson.ts';
import { drawLegend, legendHeight } from './legendPicture.ts';
import type { RouterView } from './useInspector.ts';

/** Pixels of the saved picture for one of the film. */
const scale = 3;

/** Saves all that is known of the groups of a film. */
export function saveGroupsJson({ film, record }: RouterView): Promise<void> {
  const title = titleOf(film.record.storyboard);
  const file = new Blob([groupsJson(title, record, film.geometry)], { type: 'application/json' });
  return save(() => Promise.resolve(file), `${fileStem(title)}-groups.json`);
}

/** Saves the picture at the playhead with the groups over it, as the stage shows them, and their legend. */
export function saveGroupsPicture(view: RouterView): Promise<void> {
  const { film, map, record } = view;
  const frame = Math.min(playhead.getState().frame, film.geometry.frames - 1);
  const step = record.steps[map.step]?.step ?? 0;
  const stem = fileStem(titleOf(film.record.storyboard));
  return save(() => picture(view, frame), `${stem}-groups-${frame}-layer-${map.layer + 1}-step-${step}.png`);
}

async function save(make: () => Promise<Blob>, name: string): Promise<void> {
  try {
    if ((await saveToDisk(make, name)) === 'saved') notify('done', 'The groups are saved.');
  } catch (error) {
    notifyError(error);
  }
}

async function picture({ film, map, latentFrame, lit }: RouterView, frame: number): Promise<Blob> {
  const { width, height, grid, tokensPerFrame, fps } = film.geometry;
  const area = { x: 0, y: 0, width: width * scale, height: height * scale };
  const canvas = new OffscreenCanvas(area.width, area.height + legendHeight(map, area.width));
  const context = canvas.getContext('2d');
  invariant(context, 'a canvas has a 2D context');
  const images: OffscreenCanvas[] = [];
  await takeFrames(film.url, fps, [frame], (image) => images.push(image), new AbortController().signal);
  const [image] = images;
  invariant(image, 'a frame of the film was taken');
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, area.width, area.height);
  if (lit === null) greyOut(context, area);
  const first = latentFrame * tokensPerFrame;
  drawGroups(context, area, { ...grid, group: map.group.subarray(first, first + tokensPerFrame), lit });
  drawLegend(context, map, area.width, area.height);
  return canvas.convertToBlob({ type: 'image/png' });
}
