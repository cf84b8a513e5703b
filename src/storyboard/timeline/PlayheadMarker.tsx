import { mapFrame } from '../../film/player/mapFrame.ts';
import { timecode } from '../../film/player/timecode.ts';
import { usePlayhead } from '../../film/player/usePlayer.ts';
import type { FilmGeometry } from '../../plan/types.ts';
import styles from './Timeline.module.css';

interface PlayheadMarkerProps {
  /** The cut that the stage shows. */
  shown: FilmGeometry;
  /** The cut that is edited. */
  edited: FilmGeometry;
  /** Pixels a frame. */
  scale: number;
}

/** Where the stage is. The page's keys move it, focused or not. */
export function PlayheadMarker({ shown, edited, scale }: PlayheadMarkerProps) {
  const frame = usePlayhead((state) => state.frame);
  const frames = usePlayhead((state) => state.frames);
  const fps = usePlayhead((state) => state.fps);
  const place = mapFrame(frame, shown.shots, edited.shots);
  return (
    <div
      className={styles.playhead}
      style={{ translate: `${(place ?? 0) * scale}px 0` }}
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
