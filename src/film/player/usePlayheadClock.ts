import { useEffect } from 'react';
import { playhead, usePlayhead } from './usePlayer.ts';

/** Moves a playing playhead on by the wall clock, except where `driven` says that a video does. */
export function usePlayheadClock(driven: boolean): void {
  const playing = usePlayhead((state) => state.playing);
  const forwards = usePlayhead((state) => state.rate > 0);
  const running = playing && !(driven && forwards);
  useEffect(() => {
    if (!running) return;
    let last = performance.now();
    let request = requestAnimationFrame(function tick(now) {
      playhead.actions.advance(Math.max(0, now - last) / 1000);
      last = now;
      request = requestAnimationFrame(tick);
    });
    return () => cancelAnimationFrame(request);
  }, [running]);
}
