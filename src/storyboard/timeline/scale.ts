import { timecode } from '../../film/player/timecode.ts';

/** Space that a labelled tick needs, in CSS pixels. */
const labelWidth = 76;
/** A clip of a second must still be hit with a pointer. */
const narrowestFrame = 0.75;

export interface Tick {
  frame: number;
  label: string;
}

/** Pixels a frame gets so that the film fills the view, times what the person zoomed in. */
export function pixelsPerFrame(viewWidth: number, frames: number, zoom: number): number {
  return Math.max(viewWidth / frames, narrowestFrame) * zoom;
}

/** Ticks at round times, as dense as their labels allow. `fps` is whole. */
export function ticks(frames: number, fps: number, scale: number): Tick[] {
  const step = tickFrames(fps, scale);
  const count = Math.ceil(frames / step);
  return Array.from({ length: count }, (_, index) => ({
    frame: index * step,
    label: timecode(index * step, fps),
  }));
}

function tickFrames(fps: number, scale: number): number {
  const parts = [4, 2].filter((part) => fps % part === 0).map((part) => fps / part);
  const wholes = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600].map((seconds) => seconds * fps);
  const steps = [...parts, ...wholes];
  return steps.find((step) => step * scale >= labelWidth) ?? steps.at(-1) ?? fps;
}
