import type { FilmGeometry } from '../../plan/types.ts';
import { layoutSheet, sheet } from './layout.ts';
import { wrapText } from './wrapText.ts';

/** What a contact sheet says beside its pictures. */
export interface SheetWords {
  title: string;
  /** Of the shots, in order. */
  prompts: readonly string[];
}

const colours = { room: '#131417', well: '#060708', text: '#ece9e3', dim: '#a9a8a4' };
const face = 'system-ui, "Segoe UI", "Helvetica Neue", sans-serif';
const numberFace = 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace';

/** Draws a still of every shot with its number, its length in seconds and its prompt. `stills` are in the shots' order. */
export function drawSheet(
  geometry: FilmGeometry,
  { title, prompts }: SheetWords,
  stills: readonly CanvasImageSource[],
): OffscreenCanvas {
  const { shots, width, height, fps, seconds } = geometry;
  const layout = layoutSheet(shots.length, width / height);
  const canvas = new OffscreenCanvas(layout.width, layout.height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('Invariant: a canvas of our own has a 2d context');
  const measure = (line: string) => context.measureText(line).width;

  function write(text: string, x: number, y: number, font: string, colour: string): void {
    if (!context) return;
    context.font = font;
    context.fillStyle = colour;
    context.fillText(text, x, y);
  }

  context.textBaseline = 'top';
  context.imageSmoothingQuality = 'high';
  context.fillStyle = colours.room;
  context.fillRect(0, 0, layout.width, layout.height);
  const { margin, pictureWidth } = sheet;
  context.font = `650 30px ${face}`;
  const [heading = ''] = wrapText(title, layout.width - 2 * margin, 1, measure);
  write(heading, margin, margin - 6, context.font, colours.text);
  const facts = `${shots.length} ${shots.length === 1 ? 'shot' : 'shots'} · ${seconds.toFixed(2)} s · ${width}×${height} · ${fps} fps`;
  write(facts, margin, margin + 36, `15px ${numberFace}`, colours.dim);

  for (const [index, { x, y }] of layout.cells.entries()) {
    const shot = shots[index];
    const still = stills[index];
    if (!shot) continue;
    context.fillStyle = colours.well;
    context.fillRect(x, y, pictureWidth, layout.picture.height);
    if (still) context.drawImage(still, x, y, pictureWidth, layout.picture.height);
    const below = y + layout.picture.height + 10;
    write(`${index + 1}`, x, below, `650 15px ${numberFace}`, colours.text);
    const length = `${(shot.frames.count / fps).toFixed(2)} s`;
    context.font = `15px ${numberFace}`;
    write(length, x + pictureWidth - measure(length), below, context.font, colours.dim);
    context.font = `15px ${face}`;
    for (const [row, line] of wrapText(prompts[index] ?? '', pictureWidth, 3, measure).entries()) {
      write(line, x, below + 24 + row * 20, context.font, colours.text);
    }
  }
  return canvas;
}
