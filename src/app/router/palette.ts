/** Colours that stay apart for who confuses red and green or blue and yellow; palette.test.ts measures it. */
export const colours = [
  '#e8532b',
  '#4aa8f0',
  '#ffe58a',
  '#5b34c9',
  '#a8fad4',
  '#993369',
  '#db9494',
  '#bacde8',
  '#853399',
  '#7777f8',
] as const;

/** How a group is painted: past the last colour they come again, hatched. */
export interface GroupPaint {
  colour: string;
  hatched: boolean;
}

export function groupPaint(group: number): GroupPaint {
  return { colour: colours[group % colours.length] ?? colours[0], hatched: group >= colours.length };
}

/** Black or white, whichever is read better on a colour #rrggbb. */
export function inkOn(colour: string): string {
  const [red = 0, green = 0, blue = 0] = linearRgb(colour);
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return luminance > 0.18 ? '#0b0c0e' : '#ffffff';
}

/** Linear light of a colour #rrggbb, 0 to 1 each. */
export function linearRgb(colour: string): number[] {
  return [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
}
