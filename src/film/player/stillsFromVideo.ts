import type { FilmGeometry } from '../../plan/types.ts';
import type { Picture } from './stills.ts';

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
  const video = document.createElement('video');
  video.muted = true;
  video.preload = 'auto';
  video.src = url;
  try {
    await once(video, 'loadeddata', signal);
    for (const { latentFrame, frame } of samples(geometry)) {
      video.currentTime = (frame + 0.5) / geometry.fps;
      await once(video, 'seeked', signal);
      const { videoWidth: width, videoHeight: height } = video;
      const image = new OffscreenCanvas(width, height);
      image.getContext('2d')?.drawImage(video, 0, 0);
      onPicture({ latentFrame, frame, image, width, height, final: true });
    }
  } finally {
    video.removeAttribute('src');
    video.load();
  }
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

function once(video: HTMLVideoElement, event: 'loadeddata' | 'seeked', signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = new AbortController();
    const settle = (finish: () => void) => () => {
      stop.abort();
      finish();
    };
    const options = { once: true, signal: stop.signal };
    video.addEventListener(event, settle(resolve), options);
    video.addEventListener(
      'error',
      settle(() => reject(video.error ?? new Error('the film does not play'))),
      options,
    );
    signal.addEventListener(
      'abort',
      settle(() => reject(signal.reason)),
      options,
    );
    if (signal.aborted) settle(() => reject(signal.reason))();
  });
}
