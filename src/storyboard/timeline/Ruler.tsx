import { memo } from 'react';
import { ticks } from './scale.ts';
import styles from './Timeline.module.css';

interface RulerProps {
  frames: number;
  fps: number;
  /** Pixels a frame. */
  scale: number;
}

/** Times above the clips. The playhead says its time itself. */
export const Ruler = memo(function Ruler({ frames, fps, scale }: RulerProps) {
  return (
    <div className={styles.ruler} aria-hidden="true">
      {ticks(frames, fps, scale).map(({ frame, label }) => (
        <span key={frame} className={styles.tick} style={{ left: frame * scale }}>
          {label}
        </span>
      ))}
    </div>
  );
});
