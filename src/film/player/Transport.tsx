import controls from '../../ui/controls.module.css';
import { Icon } from '../../ui/Icon.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import styles from './Transport.module.css';
import { timecode } from './timecode.ts';
import { playhead, usePlayhead } from './usePlayer.ts';

/** Buttons that move the playhead. `facts` says what is on the stage, in parts that stay whole. */
export function Transport({ facts }: { facts: readonly string[] }) {
  const playing = usePlayhead((state) => state.playing);
  const rate = usePlayhead((state) => state.rate);
  const loop = usePlayhead((state) => state.loop);
  const { step, seek, toggle, toggleLoop } = playhead.actions;

  return (
    <div className={styles.transport}>
      <div className={styles.group}>
        <IconButton icon="back" label="To the start" onClick={() => seek(0)} />
        <IconButton icon="rewind" label="One frame back" onClick={() => step(-1)} />
        <button
          type="button"
          className={styles.play}
          aria-label={playing ? 'Pause' : 'Play'}
          title={playing ? 'Pause' : 'Play'}
          onClick={toggle}
        >
          <Icon name={playing ? 'pause' : 'play'} size={18} />
        </button>
        <IconButton icon="forward" label="One frame on" onClick={() => step(1)} />
        <IconButton icon="end" label="To the end" onClick={() => seek(playhead.getState().frames - 1)} />
      </div>
      <Clock />
      <IconButton icon="loop" label="Loop" aria-pressed={loop} onClick={toggleLoop} />
      {playing && rate !== 1 && (
        <span className={`${controls.numbers} ${styles.rate}`}>{rate < 0 ? `−${-rate}` : rate}×</span>
      )}
      <span className={`${controls.numbers} ${styles.facts}`}>
        {facts.map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
      </span>
    </div>
  );
}

function Clock() {
  const frame = usePlayhead((state) => state.frame);
  const frames = usePlayhead((state) => state.frames);
  const fps = usePlayhead((state) => state.fps);
  return (
    <span className={`${controls.numbers} ${styles.clock}`}>
      <span>{timecode(frame, fps)}</span> <span className={styles.total}>/ {timecode(frames, fps)}</span>
    </span>
  );
}
