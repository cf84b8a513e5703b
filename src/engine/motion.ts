/** How what is seen moves from one latent frame to the next. */
export interface Motion {
  /** Widths of the picture. */
  right: number;
  /** Heights of it. */
  down: number;
  /** Natural logarithm of the magnification. */
  nearer: number;
}

/** Sizes of a shot's latent video. */
export interface ShotSize {
  frames: number;
  height: number;
  width: number;
  channels: number;
}

/** Of every latent cell of a shot, the place in its row and in its column where what it shows was a frame before. */
export interface Sources {
  /** Columns [frames, width], -1 for what was not in the picture. */
  columns: Int32Array;
  /** Rows [frames, height]. */
  rows: Int32Array;
}

/** Sources of a shot's cells under a motion of the camera. */
export function sourcesOf(
  { right, down, nearer }: Motion,
  frames: number,
  { width, height }: { width: number; height: number },
): Sources {
  return {
    columns: cameFrom(frames, width, right * width, nearer),
    rows: cameFrom(frames, height, down * height, nearer),
  };
}

/**
 * Where each of a row's cells was a frame before, for every frame of a shot [frames, cells]; -1 for one that was not in
 * the picture. Things move by whole cells, so that noise which goes along stays noise; where they are magnified a cell
 * may be two, of which one is new.
 *
 * @param slide Cells a frame.
 * @param growth Logarithm of the magnification in a frame, about the row's middle.
 */
export function cameFrom(frames: number, cells: number, slide: number, growth: number): Int32Array {
  const middle = (cells - 1) / 2;
  const sources = new Int32Array(frames * cells);
  let before = new Map<string, number>();
  for (let frame = 0; frame < frames; frame++) {
    const places = new Map<string, number>();
    for (let cell = 0; cell < cells; cell++) {
      const from = middle + (cell - middle) * Math.exp(-growth * frame) - slide * frame;
      const thing = Math.floor(from + 0.5);
      let copy = 0;
      while (places.has(`${thing} ${copy}`)) copy++;
      places.set(`${thing} ${copy}`, cell);
      sources[frame * cells + cell] = before.get(`${thing} ${copy}`) ?? -1;
    }
    before = places;
  }
  return sources;
}
