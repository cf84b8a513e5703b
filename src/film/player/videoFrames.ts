/**
 * Takes frames out of a film in the order asked for, as the browser decodes them at their full size.
 * Ends early when `signal` aborts. Rejects when the browser cannot play the film.
 *
 * @param url object URL of the film
 * @param frames frame numbers
 */
export async function takeFrames(
  url: string,
  fps: number,
  frames: readonly number[],
  onFrame: (image: OffscreenCanvas, frame: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const video = document.createElement('video');
  video.muted = true;
  video.preload = 'auto';
  video.src = url;
  try {
    await once(video, 'loadeddata', signal);
    for (const frame of frames) {
      video.currentTime = (frame + 0.5) / fps;
      await once(video, 'seeked', signal);
      const image = new OffscreenCanvas(video.videoWidth, video.videoHeight);
      image.getContext('2d')?.drawImage(video, 0, 0);
      onFrame(image, frame);
    }
  } finally {
    video.removeAttribute('src');
    video.load();
  }
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
