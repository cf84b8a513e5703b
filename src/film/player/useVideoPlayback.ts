import { type RefObject, useEffect } from 'react';
import { endOf } from './range.ts';
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
  let stopped = false;

  function tick(): void {
    if (stopped) return;
    if (video.ended) endOrLoop();
    else if (!lapIsOver()) playhead.actions.follow(video.currentTime);
    request = requestAnimationFrame(tick);
  }

  /** Takes the video back to the in point when a loop passes the out point. */
  function lapIsOver(): boolean {
    const { fps, loop, range, frame } = playhead.getState();
    if (!loop || !range || frame >= endOf(range) || video.currentTime * fps < endOf(range)) return false;
    playhead.actions.seek(range.start);
    video.currentTime = range.start / fps;
    return true;
  }

  /** The playhead stops, or goes round and takes the video with it. */
  function endOrLoop(): void {
    const { fps, loop } = playhead.getState();
    playhead.actions.advance(1 / fps);
    if (!loop) return;
    video.currentTime = playhead.getState().frame / fps;
    void video.play();
  }

  const { frame, fps } = playhead.getState();
  video.currentTime = frame / fps;
  video.play().then(tick, () => {
    // A film that may not or cannot start leaves the playhead where it is; one that was stopped is no failure.
    if (!stopped) playhead.actions.pause();
  });
  return () => {
    stopped = true;
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
