import { paint } from './drawGroups.ts';
import { groupPaint, inkOn } from './palette.ts';
import { percent } from './percent.ts';
import type { RouterMap } from './routerMap.ts';

const entryWidth = 190;
const entryHeight = 26;
const margin = 12;
const swatch = 18;

/** Height that the legend takes under a picture of this width. */
export function legendHeight({ counts }: RouterMap, width: number): number {
  return 2 * margin + Math.ceil(counts.length / columnsIn(width)) * entryHeight;
}

/** Draws the groups with their numbers and shares from `top` on. */
export function drawLegend(
  context: OffscreenCanvasRenderingContext2D,
  { counts, group: { length: tokens } }: RouterMap,
  width: number,
  top: number,
): void {
  const columns = columnsIn(width);
  context.fillStyle = '#17181c';
  context.fillRect(0, top, width, context.canvas.height - top);
  context.textBaseline = 'middle';
  for (const [group, count] of counts.entries()) {
    const x = margin + (group % columns) * entryWidth;
    const y = top + margin + Math.floor(group / columns) * entryHeight + entryHeight / 2;
    paint(context, { x, y: y - swatch / 2, width: swatch, height: swatch }, group, 1);
    context.font = '700 12px ui-monospace, "DejaVu Sans Mono", monospace';
    context.textAlign = 'center';
    context.fillStyle = inkOn(groupPaint(group).colour);
    context.fillText(String(group + 1), x + swatch / 2, y + 1);
    context.font = '13px ui-monospace, "DejaVu Sans Mono", monospace';
    context.textAlign = 'left';
    context.fillStyle = '#ece9e3';
    context.fillText(`${count.toLocaleString('en')} · ${percent(count / tokens)}`, x + swatch + 10, y + 1);
  }
}

function columnsIn(width: number): number {
  return Math.max(1, Math.floor((width - 2 * margin) / entryWidth));
}
