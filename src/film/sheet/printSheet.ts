import type { FilmGeometry } from '../../plan/types.ts';
import { timecode } from '../player/timecode.ts';
import type { SheetWords } from './drawSheet.ts';

/** A shot as the storyboard sheet tells of it. */
export interface SheetRow {
  number: number;
  prompt: string;
  /** Object or data URL of its picture; null where there is none. */
  still: string | null;
  /** "00:01:05 – 00:03:00" */
  times: string;
  /** "1.79 s, 43 frames" */
  length: string;
}

/** A storyboard to be printed. */
export interface PrintSheet {
  title: string;
  look: string;
  /** "8 shots · 00:15:12 · 320×192 · 24 fps" */
  facts: string;
  /** Width over height of the stills. */
  aspect: number;
  rows: readonly SheetRow[];
}

/** Puts a storyboard sheet together. `stills` are in the shots' order. */
export function printSheet(
  geometry: FilmGeometry,
  { title, look, prompts }: SheetWords & { look: string },
  stills: readonly (string | null)[],
): PrintSheet {
  const { shots, width, height, fps, frames } = geometry;
  return {
    title,
    look,
    facts: [
      `${shots.length} ${shots.length === 1 ? 'shot' : 'shots'}`,
      timecode(frames, fps),
      `${width}×${height}`,
      `${fps} fps`,
    ].join(' · '),
    aspect: width / height,
    rows: shots.map(({ index, frames: { start, count } }) => ({
      number: index + 1,
      prompt: prompts[index] ?? '',
      still: stills[index] ?? null,
      times: `${timecode(start, fps)} – ${timecode(start + count, fps)}`,
      length: `${(count / fps).toFixed(2)} s, ${count} ${count === 1 ? 'frame' : 'frames'}`,
    })),
  };
}
