import type { PictureTile } from './models/decoder.ts';

/** RGBA frames that are decoded tile by tile: what each tile adds, until the last one makes them whole. */
export class TiledPictures {
  readonly #tiles: readonly PictureTile[];
  readonly #width: number;
  /** Frames of a chunk so far, by the chunk's first latent frame. */
  readonly #chunks = new Map<number, Uint8ClampedArray<ArrayBuffer>>();

  /** @param width of the pictures, in pixels */
  constructor(tiles: readonly PictureTile[], width: number) {
    this.#tiles = tiles;
    this.#width = width;
  }

  /**
   * Takes a chunk's frames [frames, height, width, 4], of which this tile's pixels count. Gives them back with those
   * of the tiles before when no more are to come, else null.
   */
  add(chunk: number, tile: number, rgba: ArrayBuffer, frameBytes: number): ArrayBuffer | null {
    const frames = new Uint8ClampedArray(rgba);
    const before = this.#chunks.get(chunk);
    if (before) this.#copyOthers(before, frames, tile, frameBytes);
    if (tile < this.#tiles.length - 1) {
      this.#chunks.set(chunk, frames);
      return null;
    }
    this.#chunks.delete(chunk);
    return rgba;
  }

  /** Puts the pixels of the tiles before this one into its frames. */
  #copyOthers(
    from: Uint8ClampedArray<ArrayBuffer>,
    to: Uint8ClampedArray<ArrayBuffer>,
    tile: number,
    frameBytes: number,
  ): void {
    for (const { top, left, height, width } of this.#tiles.slice(0, tile)) {
      for (let frame = 0; frame < to.length; frame += frameBytes) {
        for (let row = top; row < top + height; row++) {
          const at = frame + (row * this.#width + left) * 4;
          to.set(from.subarray(at, at + width * 4), at);
        }
      }
    }
  }
}
