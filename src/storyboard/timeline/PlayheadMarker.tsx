import { type RefObject, useEffect } from 'react';
import { mapFrame } from '../../film/player/mapFrame.ts';
import { timecode } from '../../film/player/timecode.ts';
import { usePlayhead } from '../../film/player/usePlayer.ts';
import type { FilmGeometry } from '../../plan/types.ts';
import { useStoryboard } from '../useStoryboard.ts';
import styles from './Timeline.module.css';

interface PlayheadMarkerProps {
  /** The cut that the stage shows. */
  shown: FilmGeometry;
  /** The cut that is edited. */
  edited: FilmGeometry;
  /** Pixels a frame. */
  scale: number;
  /** What scrolls when the film is wider than the page. */
  view: RefObject<HTMLElement | null>;
}

/** Where the stage is. The page's keys move it, focused or not. */
export function PlayheadMarker({ shown, edited, scale, view }: PlayheadMarkerProps) {
  const frame = usePlayhead((state) => state.frame);
  const frames = usePlayhead((state) => state.frames);
  const fps = usePlayhead((state) => state.fps);
  const origins = useStoryboard((state) => state.origins);
  const place = mapFrame(frame, shown.shots, edited.shots, origins);
  const x = (place ?? 0) * scale;

  useEffect(() => {
    const { current } = view;
    if (!current) return;
    const outside = x < current.scrollLeft || x > current.scrollLeft + current.clientWidth;
    if (outside) current.scrollLeft = x - current.clientWidth / 4;
  }, [x, view]);

  return (
    <div
      className={styles.playhead}
      style={{ translate: `${x}px 0` }}
      data-away={place === null}
      role="slider"
      tabIndex={0}
      aria-label="Playhead"
      aria-valuemin={0}
      aria-valuemax={frames - 1}
      aria-valuenow={frame}
      aria-valuetext={timecode(frame, fps)}
    />
  );
}
