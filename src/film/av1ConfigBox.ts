/**
 * mp4-muxer 5.2 writes an AV1 configuration box of zeros (https://github.com/Vanilagy/mp4-muxer, `av1C` in src/box.ts),
 * which says 4:4:4 at level 2.0; strict players trust it. To be removed when the muxer fills it in.
 */

/** The box as the muxer writes it: size, type, marker and version, three bytes of zeros. */
const written = Uint8Array.of(0, 0, 0, 12, 0x61, 0x76, 0x31, 0x43, 0x81, 0, 0, 0);

/**
 * Fills in the AV1 configuration box within the bytes of a film's index, where there is one.
 * Fields after https://aomediacodec.github.io/av1-isobmff/#av1codecconfigurationbox-section.
 * @param codec A string such as av01.0.01M.08: Main profile, level, Main tier, 8 bits; pictures are 4:2:0.
 */
export function mendAv1ConfigBox(index: Uint8Array, codec: string): void {
  const start = index.findIndex((_, i) => written.every((byte, j) => index[i + j] === byte));
  if (start < 0) return;
  const level = Number.parseInt(codec.split('.')[2] ?? '', 10);
  const halvedChroma = 0b0000_1100;
  index.set([level, halvedChroma], start + 9);
}
