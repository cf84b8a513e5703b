import { type RefCallback, useCallback, useEffect, useState } from 'react';
import { createPlayhead, type Playhead } from '../../film/player/playhead.ts';
import { playPair } from './pairPlayback.ts';
import type { OpenTake } from './takes.ts';

export interface Pair {
  /** Of both takes; counts the frames of the first. */
  playhead: Playhead;
  videos: readonly [RefCallback<HTMLVideoElement>, RefCallback<HTMLVideoElement>];
  /** Plays nothing but a shot of the first take, round and round; null for the whole film. */
  loopShot(shotId: string | null): void;
}

/** One playhead for two takes, which always go round. */
export function usePair(first: OpenTake, second: OpenTake): Pair {
  const [playhead] = useState(newPlayhead);
  const [firstVideo, setFirstVideo] = useState<HTMLVideoElement | null>(null);
  const [secondVideo, setSecondVideo] = useState<HTMLVideoElement | null>(null);

  useEffect(() => playhead.actions.fit(first.geometry), [playhead, first.geometry]);
  useEffect(() => {
    if (!firstVideo || !secondVideo) return;
    return playPair(
      { video: firstVideo, geometry: first.geometry },
      { video: secondVideo, geometry: second.geometry },
      playhead,
    );
  }, [playhead, firstVideo, secondVideo, first.geometry, second.geometry]);

  const loopShot = useCallback(
    (shotId: string | null) => {
      const shot = first.geometry.shots.find(({ id }) => id === shotId);
      playhead.actions.setRange(shot?.frames ?? null);
      if (!shot) return;
      const { frame } = playhead.getState();
      const inside = frame >= shot.frames.start && frame < shot.frames.start + shot.frames.count;
      if (!inside) playhead.actions.seek(shot.frames.start);
      playhead.actions.play();
    },
    [playhead, first.geometry],
  );
  return { playhead, videos: [setFirstVideo, setSecondVideo], loopShot };
}

function newPlayhead(): Playhead {
  const playhead = createPlayhead();
  playhead.actions.toggleLoop();
  return playhead;
}
