/** A shot's place on the sheet, in pixels. */
export interface Cell {
  x: number;
  y: number;
}

/** Where everything lies on a contact sheet, in pixels. */
export interface SheetLayout {
  width: number;
  height: number;
  columns: number;
  picture: { width: number; height: number };
  /** In the order of the shots, row by row. */
  cells: readonly Cell[];
}

export const sheet = {
  margin: 40,
  gap: 24,
  /** The title and what the film is. */
  head: 84,
  pictureWidth: 360,
  /** Facts of a shot and up to three lines of its prompt. */
  captionHeight: 92,
} as const;

/** Width over height that a sheet comes as near to as its pictures allow: it fits a screen and a page. */
const wantedRatio = 4 / 3;

/** Lays out the pictures of so many shots. `aspect` is width over height of the film. */
export function layoutSheet(shots: number, aspect: number): SheetLayout {
  const all = Array.from({ length: shots }, (_, index) => layoutColumns(index + 1, shots, aspect));
  const distance = ({ width, height }: SheetLayout) => Math.abs(Math.log(width / height / wantedRatio));
  return all.reduce((best, layout) => (distance(layout) < distance(best) ? layout : best));
}

function layoutColumns(columns: number, shots: number, aspect: number): SheetLayout {
  const { margin, gap, head, pictureWidth, captionHeight } = sheet;
  const picture = { width: pictureWidth, height: Math.round(pictureWidth / aspect) };
  const rows = Math.ceil(shots / columns);
  const stepX = picture.width + gap;
  const stepY = picture.height + captionHeight + gap;
  return {
    width: 2 * margin + columns * stepX - gap,
    height: 2 * margin + head + rows * stepY - gap,
    columns,
    picture,
    cells: Array.from({ length: shots }, (_, index) => ({
      x: margin + (index % columns) * stepX,
      y: margin + head + Math.floor(index / columns) * stepY,
    })),
  };
}
