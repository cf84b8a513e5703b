import type { FilmGeometry } from './types.ts';

/** Pictures of a film that forms, at most. */
const mostPictures = 48;
/** Of those pictures together: as much as a device has room for beside the film, however large the pictures are. */
const mostBytes = 64 * 2 ** 20;
const bytesPerPixel = 4;

/**
 * Latent frames that a film is shown by while it forms: at most `most`, and no more than there is memory for, spread
 * evenly over every shot with the first of each; of more shots than that, over the shots.
 */
export function previewFrames(geometry: FilmGeometry, most = mostPictures): number[] {
  const { shots, latent, width, height } = geometry;
  const room = Math.max(1, Math.min(most, Math.floor(mostBytes / (width * height * bytesPerPixel))));
  if (shots.length > room) {
    return Array.from(
      { length: room },
      (_, i) => shots[Math.floor((i * shots.length) / room)]?.latent.start ?? 0,
    );
  }
  const every = (stride: number): number[] =>
    shots.flatMap(({ latent: { start, count } }) =>
      Array.from({ length: Math.ceil(count / stride) }, (_, i) => start + i * stride),
    );
  let stride = Math.max(1, Math.ceil(latent.frames / room));
  // Every shot starts anew, which takes up to one frame more a shot than the film's length says.
  while (every(stride).length > room) stride += 1;
  return every(stride);
}
