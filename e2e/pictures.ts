/** A picture as RGBA bytes, row-major. */
export type Rgba = ArrayLike<number>;

/** Peak signal-to-noise ratio of two pictures of one size in decibels, over red, green and blue. */
export function psnr(a: Rgba, b: Rgba): number {
  if (a.length !== b.length) throw new Error(`The pictures have ${a.length} and ${b.length} bytes.`);
  const error = meanOfColours(a.length, (at) => ((a[at] ?? 0) - (b[at] ?? 0)) ** 2);
  return 10 * Math.log10(255 ** 2 / error);
}

/** Standard deviation of a picture's colours, 0 to 127.5: next to nothing for a blank picture. */
export function contrast(picture: Rgba): number {
  const mean = meanOfColours(picture.length, (at) => picture[at] ?? 0);
  return Math.sqrt(meanOfColours(picture.length, (at) => ((picture[at] ?? 0) - mean) ** 2));
}

/** Mean of a value over every byte but the alphas. */
function meanOfColours(bytes: number, value: (at: number) => number): number {
  let sum = 0;
  for (let at = 0; at < bytes; at++) if (at % 4 !== 3) sum += value(at);
  return sum / (bytes * 0.75);
}
