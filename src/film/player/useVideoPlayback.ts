import { type RefObject, useEffect } from 'react';
import { playhead, usePlayhead } from './usePlayer.ts';

/**
 * Ties a video to the playhead. While it plays forwards the video keeps the time; otherwise the playhead
 * does, and the video is sought to its frame.
 */
export function useVideoPlayback(video: RefObject<HTMLVideoElement | null>): void {
  const running = usePlayhead(({ playing, rate }) => playing && rate > 0);
  const rate = usePlayhead((state) => state.rate);

  useEffect(() => {
    const { current } = video;
    if (!current || !running) return;
    current.playbackRate = rate;
    return playForwards(current);
  }, [video, running, rate]);

  useEffect(() => {
    const { current } = video;
    if (!current || running) return;
    return seekWithPlayhead(current);
  }, [video, running]);
}

function playForwards(video: HTMLVideoElement): () => void {
  let request = 0;
  const tick = () => {
    if (video.ended) playhead.actions.advance(1 / playhead.getState().fps);
    else playhead.actions.follow(video.currentTime);
    if (video.ended && playhead.getState().loop) {
      video.currentTime = 0;
      void video.play();
    }
    request = requestAnimationFrame(tick);
  };
  const { frame, fps } = playhead.getState();
  video.currentTime = frame / fps;
  // A film that may not or cannot start leaves the playhead where it is.
  video.play().then(tick, () => playhead.actions.pause());
  return () => {
    cancelAnimationFrame(request);
    video.pause();
  };
}

function seekWithPlayhead(video: HTMLVideoElement): () => void {
  const sync = () => {
    if (video.seeking || video.readyState < HTMLMediaElement.HAVE_METADATA) return;
    const { frame, fps } = playhead.getState();
    const time = (frame + 0.5) / fps;
    if (Math.abs(video.currentTime - time) > 0.25 / fps) video.currentTime = time;
  };
  const unsubscribe = playhead.subscribe(sync);
  video.addEventListener('seeked', sync);
  video.addEventListener('loadeddata', sync);
  sync();
  return () => {
    unsubscribe();
    video.removeEventListener('seeked', sync);
    video.removeEventListener('loadeddata', sync);
  };
}
