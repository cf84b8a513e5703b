import { createStore } from 'zustand/vanilla';
import type { ExportPiece, ExportQuality, ExportScale } from '../../film/export/exportJob.ts';
import type { VideoCodecName } from '../../film/levels.ts';
import type { FilmGeometry, Run } from '../../plan/types.ts';
import type { Film } from '../generation.ts';

/** Which frames of the film go into which files. */
export type ExportPart = 'film' | 'range' | 'shots';

/** What the person chose in the export panel. */
export interface ExportChoice {
  part: ExportPart;
  /** null: that of the finished film. */
  codec: VideoCodecName | null;
  quality: ExportQuality;
  scale: ExportScale;
}

/** Stays as it was chosen while the page is open. */
export const exportChoice = createStore<ExportChoice>()(() => ({
  part: 'film',
  codec: null,
  quality: 'best',
  scale: 1,
}));

/** Frames that a choice takes; the whole film where there is no range. */
export function framesOf(part: ExportPart, { frames }: Pick<FilmGeometry, 'frames'>, range: Run | null): Run {
  return part === 'range' && range ? range : { start: 0, count: frames };
}

/** The files of an export by name. Shots are numbered so that they sort in the order of the film. */
export function piecesOf(
  part: ExportPart,
  geometry: Pick<FilmGeometry, 'frames' | 'shots'>,
  range: Run | null,
  stem: string,
): ExportPiece[] {
  if (part !== 'shots') return [{ name: `${stem}.mp4`, frames: framesOf(part, geometry, range) }];
  const digits = String(geometry.shots.length).length;
  return geometry.shots.map(({ index, frames }) => ({
    name: `${stem}-${String(index + 1).padStart(digits, '0')}.mp4`,
    frames,
  }));
}

/** Whether a choice asks for the finished film as it is, which is there already. */
export function isFilmItself(
  choice: ExportChoice,
  { record, geometry }: Pick<Film, 'record' | 'geometry'>,
  range: Run | null,
): boolean {
  const { part, codec, quality, scale } = choice;
  const whole = part !== 'shots' && framesOf(part, geometry, range).count === geometry.frames;
  return whole && (codec ?? record.codec) === record.codec && quality === 'best' && scale === 1;
}
