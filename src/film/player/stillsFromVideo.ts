import type { FilmGeometry } from '../../plan/types.ts';
import type { Picture } from './stills.ts';
import { takeFrames } from './videoFrames.ts';

/** Pictures that a filmstrip takes from each shot: enough for a wide clip, few enough to seek quickly. */
const picturesPerShot = 6;

/**
 * Takes pictures of a finished film for its cards and filmstrips, shot by shot.
 * Ends early when `signal` aborts. `onPicture` gets each as it is ready.
 */
export async function stillsFromVideo(
  url: string,
  geometry: FilmGeometry,
  onPicture: (picture: Picture) => void,
  signal: AbortSignal,
): Promise<void> {
  const wanted = samples(geometry);
  const latentFrames = new Map(wanted.map(({ frame, latentFrame }) => [frame, latentFrame]));
  await takeFrames(
    url,
    geometry.fps,
    wanted.map(({ frame }) => frame),
    (image, frame) => {
      const { width, height } = image;
      onPicture({ latentFrame: latentFrames.get(frame) ?? 0, frame, image, width, height, final: true });
    },
    signal,
  );
}

function samples(geometry: FilmGeometry): { latentFrame: number; frame: number }[] {
  return geometry.shots.flatMap(({ latent, frames }) => {
    const count = Math.min(picturesPerShot, latent.count);
    return Array.from({ length: count }, (_, index) => ({
      latentFrame: latent.start + Math.floor((index * latent.count) / count),
      frame: frames.start + Math.floor((index * frames.count) / count),
    }));
  });
}
