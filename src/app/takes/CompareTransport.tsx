import { useStore } from 'zustand';
import type { Playhead } from '../../film/player/playhead.ts';
import { timecode } from '../../film/player/timecode.ts';
import type { FilmGeometry } from '../../plan/types.ts';
import controls from '../../ui/controls.module.css';
import { IconButton } from '../../ui/IconButton.tsx';
import styles from './Compare.module.css';

interface CompareTransportProps {
  playhead: Playhead;
  geometry: FilmGeometry;
  onLoop: (shotId: string | null) => void;
}

/** Moves the playhead of both takes. */
export function CompareTransport({ playhead, geometry, onLoop }: CompareTransportProps) {
  const { frame, frames, fps, playing, range } = useStore(playhead);
  const looped = geometry.shots.find(({ frames: run }) => range && run.start === range.start);
  const { toggle, step, seek } = playhead.actions;
  return (
    <footer className={styles.transport}>
      <IconButton
        icon={playing ? 'pause' : 'play'}
        label={playing ? 'Pause both' : 'Play both'}
        onClick={toggle}
      />
      <IconButton icon="rewind" label="One frame back in both" onClick={() => step(-1)} />
      <IconButton icon="forward" label="One frame on in both" onClick={() => step(1)} />
      <input
        type="range"
        className={styles.slider}
        aria-label="Playhead of both takes"
        aria-valuetext={timecode(frame, fps)}
        min={0}
        max={frames - 1}
        value={frame}
        onChange={({ target }) => seek(Number(target.value))}
      />
      <span className={`${controls.numbers} ${styles.clock}`}>
        {timecode(frame, fps)} / {timecode(frames, fps)}
      </span>
      <label className={styles.loop}>
        Play
        <select
          className={controls.input}
          value={looped?.id ?? ''}
          onChange={({ target }) => onLoop(target.value === '' ? null : target.value)}
        >
          <option value="">the whole film</option>
          {geometry.shots.map(({ id, index }) => (
            <option key={id} value={id}>
              shot {index + 1} only
            </option>
          ))}
        </select>
      </label>
    </footer>
  );
}
