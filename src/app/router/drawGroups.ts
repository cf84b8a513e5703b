import { groupPaint, inkOn } from './palette.ts';

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface GroupPicture {
  rows: number;
  columns: number;
  /** [rows * columns]: group of every patch, row by row. */
  group: Uint8Array;
  /** The group that is lit while the others go dark; null lights all alike. */
  lit: number | null;
}

/** Narrowest patch, in CSS pixels, that has room for its number. */
const numberedWidth = 30;
const fill = { all: 0.52, lit: 0.12, dimmed: 0.76 };
const dark = '8 9 12';

/** Paints the groups of one latent frame over its picture, which belongs under it in grey while none is lit. */
export function drawGroups(context: Context, area: Area, picture: GroupPicture): void {
  const { rows, columns, group, lit } = picture;
  for (let cell = 0; cell < rows * columns; cell++) {
    const box = cellArea(area, picture, cell);
    const chosen = group[cell] ?? 0;
    if (lit === null) paint(context, box, chosen, fill.all);
    else if (chosen === lit) paint(context, box, chosen, fill.lit);
    else veil(context, box);
  }
  drawBorders(context, area, picture);
  if (area.width / columns >= numberedWidth) drawNumbers(context, area, picture);
}

/** Takes the colour out of what is drawn already, so that the colours of groups are told apart on it. */
export function greyOut(context: Context, { x, y, width, height }: Area): void {
  context.save();
  context.globalCompositeOperation = 'saturation';
  context.fillStyle = '#000000';
  context.fillRect(x, y, width, height);
  context.restore();
}

/** Where a patch lies, on whole pixels so that neighbours leave no seam. */
export function cellArea(
  { x, y, width, height }: Area,
  { rows, columns }: { rows: number; columns: number },
  cell: number,
): Area {
  const column = cell % columns;
  const row = Math.floor(cell / columns);
  const left = x + Math.round((column * width) / columns);
  const top = y + Math.round((row * height) / rows);
  return {
    x: left,
    y: top,
    width: x + Math.round(((column + 1) * width) / columns) - left,
    height: y + Math.round(((row + 1) * height) / rows) - top,
  };
}

/** Fills an area as a group is painted everywhere, in legend and pictures alike. */
export function paint(context: Context, { x, y, width, height }: Area, group: number, opacity: number): void {
  const { colour, hatched } = groupPaint(group);
  context.save();
  context.globalAlpha = opacity;
  context.fillStyle = colour;
  context.fillRect(x, y, width, height);
  if (hatched) {
    context.beginPath();
    context.rect(x, y, width, height);
    context.clip();
    context.globalAlpha = Math.min(1, opacity * 1.6);
    context.strokeStyle = inkOn(colour);
    context.lineWidth = 1.5;
    context.beginPath();
    for (let at = -height; at < width; at += 7) {
      context.moveTo(x + at, y + height);
      context.lineTo(x + at + height, y);
    }
    context.stroke();
  }
  context.restore();
}

function veil(context: Context, { x, y, width, height }: Area): void {
  context.fillStyle = `rgb(${dark} / ${fill.dimmed})`;
  context.fillRect(x, y, width, height);
}

/** Lines between patches of different groups; round the lit group in its colour. */
function drawBorders(context: Context, area: Area, picture: GroupPicture): void {
  const { rows, columns, group, lit } = picture;
  context.save();
  context.beginPath();
  for (let cell = 0; cell < rows * columns; cell++) {
    const { x, y, width, height } = cellArea(area, picture, cell);
    const differs = (other: number): boolean =>
      lit === null ? group[cell] !== group[other] : (group[cell] === lit) !== (group[other] === lit);
    if ((cell + 1) % columns !== 0 && differs(cell + 1)) {
      context.moveTo(x + width, y);
      context.lineTo(x + width, y + height);
    }
    if (cell + columns < rows * columns && differs(cell + columns)) {
      context.moveTo(x, y + height);
      context.lineTo(x + width, y + height);
    }
  }
  const scale = area.width / columns < numberedWidth ? 0.5 : 1;
  context.lineWidth = scale * (lit === null ? 1.5 : 4);
  context.strokeStyle = `rgb(${dark} / 0.85)`;
  context.stroke();
  if (lit !== null) {
    context.lineWidth = scale * 2;
    context.strokeStyle = groupPaint(lit).colour;
    context.stroke();
  }
  context.restore();
}

function drawNumbers(context: Context, area: Area, picture: GroupPicture): void {
  const { rows, columns, group, lit } = picture;
  context.save();
  context.font = '600 10px ui-monospace, "DejaVu Sans Mono", monospace';
  context.textAlign = 'left';
  context.textBaseline = 'top';
  context.shadowColor = `rgb(${dark})`;
  context.shadowBlur = 3;
  context.fillStyle = '#ffffff';
  for (let cell = 0; cell < rows * columns; cell++) {
    const chosen = group[cell] ?? 0;
    if (lit !== null && chosen !== lit) continue;
    const { x, y } = cellArea(area, picture, cell);
    context.fillText(String(chosen + 1), x + 4, y + 4);
  }
  context.restore();
}

/** A ring round one patch. */
export function drawRing(context: Context, { x, y, width, height }: Area): void {
  context.save();
  context.lineWidth = 4;
  context.strokeStyle = `rgb(${dark} / 0.9)`;
  context.strokeRect(x + 2, y + 2, width - 4, height - 4);
  context.lineWidth = 2;
  context.strokeStyle = '#ffffff';
  context.strokeRect(x + 2, y + 2, width - 4, height - 4);
  context.restore();
}
