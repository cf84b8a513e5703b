/** What every frame, every chunk and the file itself state: BT.709, limited range. */
export const filmColourSpace = {
  primaries: 'bt709',
  transfer: 'bt709',
  matrix: 'bt709',
  fullRange: false,
} as const satisfies VideoColorSpaceInit;

/** Even sizes: 4:2:0 keeps one chroma sample for two by two pixels, and H.264 encoders take nothing else. */
export function evenSize(pixels: number): number {
  return pixels + (pixels & 1);
}

/** Bytes of an I420 picture of even sizes: a plane of luma and two chroma planes of a quarter each. */
export function i420Bytes(width: number, height: number): number {
  return (evenSize(width) * evenSize(height) * 3) / 2;
}

/** Kr and Kb of ITU-R BT.709. */
const red = 0.2126;
const blue = 0.0722;
const green = 1 - red - blue;

/** Fixed point with 16 bits behind the point; sums stay below 2^31. */
const one = 1 << 16;
const half = one >> 1;
const fixed = (value: number) => Math.round(value * one);

/** Luma runs over 16..235, chroma over 16..240 (ITU-R BT.709, 8 bits). */
const lumaScale = 219 / 255;
const chromaScale = 224 / 255;
const yr = fixed(red * lumaScale);
const yg = fixed(green * lumaScale);
const yb = fixed(blue * lumaScale);
const cbScale = chromaScale / (2 * (1 - blue));
const cbr = fixed(-red * cbScale);
const cbg = fixed(-green * cbScale);
const crScale = chromaScale / (2 * (1 - red));
const crg = fixed(-green * crScale);
const crb = fixed(-blue * crScale);
// What is left to zero, so that greys come out at 128 exactly.
const cbb = -cbr - cbg;
const crr = -crg - crb;

/**
 * Converts a picture to I420 in BT.709 limited range. Browsers need not agree on the matrix
 * for an RGBA frame, so the conversion is done here. An odd size gets its last row or column twice.
 *
 * @param rgba [height, width, 4], 8 bits a channel, alpha ignored.
 * @param out i420Bytes(width, height) bytes: Y [h, w], Cb [h/2, w/2], Cr [h/2, w/2] with even h and w.
 */
export function rgbaToI420(rgba: Uint8ClampedArray, width: number, height: number, out: Uint8Array): void {
  const evenWidth = evenSize(width);
  const evenHeight = evenSize(height);
  const chromaWidth = evenWidth >> 1;
  const cbPlane = evenWidth * evenHeight;
  const crPlane = cbPlane + chromaWidth * (evenHeight >> 1);
  for (let row = 0; row < evenHeight; row += 2) {
    for (let column = 0; column < evenWidth; column += 2) {
      let r4 = 0;
      let g4 = 0;
      let b4 = 0;
      for (let i = 0; i < 4; i++) {
        const y = row + (i >> 1);
        const x = column + (i & 1);
        const at = (Math.min(y, height - 1) * width + Math.min(x, width - 1)) * 4;
        const r = rgba[at] ?? 0;
        const g = rgba[at + 1] ?? 0;
        const b = rgba[at + 2] ?? 0;
        r4 += r;
        g4 += g;
        b4 += b;
        out[y * evenWidth + x] = 16 + ((yr * r + yg * g + yb * b + half) >> 16);
      }
      const chroma = (row >> 1) * chromaWidth + (column >> 1);
      out[cbPlane + chroma] = 128 + ((cbr * r4 + cbg * g4 + cbb * b4 + 2 * one) >> 18);
      out[crPlane + chroma] = 128 + ((crr * r4 + crg * g4 + crb * b4 + 2 * one) >> 18);
    }
  }
}
