import { type CSSProperties, type RefCallback, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Playhead } from '../../film/player/playhead.ts';
import controls from '../../ui/controls.module.css';
import { alignFrame } from './alignFrame.ts';
import styles from './Compare.module.css';
import type { OpenTake, Take } from './takes.ts';
import { rerolledWords } from './takeWords.ts';

interface ComparePlayerProps {
  /** 1 or 2, also the key that picks it. */
  place: number;
  shown: OpenTake;
  /** The take whose frames the playhead counts. */
  leading: OpenTake;
  playhead: Playhead;
  video: RefCallback<HTMLVideoElement>;
  /** All that may stand here. */
  choices: readonly Take[];
  onChoose: (take: Take) => void;
  /** Not while a film is being made. */
  pickable: boolean;
  onPick: () => void;
}

/** One of two takes side by side. */
export function ComparePlayer(props: ComparePlayerProps) {
  const { place, shown, leading, playhead, video, choices, onChoose, pickable, onPick } = props;
  const { take, geometry, file } = shown;
  const url = useObjectUrl(file);
  const [broken, setBroken] = useState(false);
  const missing = useStore(playhead, ({ frame }) => alignFrame(frame, leading.geometry, geometry) === null);
  return (
    <section className={styles.side} aria-label={place === 1 ? 'Left take' : 'Right take'}>
      <div className={styles.head}>
        <select
          className={`${controls.input} ${styles.choice}`}
          aria-label={place === 1 ? 'Take on the left' : 'Take on the right'}
          value={take.record.fileName}
          onChange={({ target }) => {
            const chosen = choices.find(({ record }) => record.fileName === target.value);
            if (chosen) onChoose(chosen);
          }}
        >
          {choices.map((choice) => (
            <option key={choice.record.fileName} value={choice.record.fileName}>
              Take {choice.number} · {rerolledWords(choice) ?? `seed ${choice.record.seed}`}
            </option>
          ))}
        </select>
        <button type="button" className={controls.button} disabled={!pickable} onClick={onPick}>
          Pick take {take.number}
          <kbd className={styles.key}>{place}</kbd>
        </button>
      </div>
      <div className={styles.room}>
        <div
          className={styles.screen}
          style={{ '--aspect': geometry.width / geometry.height } as CSSProperties}
        >
          {url && (
            <video
              key={url}
              ref={video}
              className={styles.video}
              src={url}
              muted
              playsInline
              preload="auto"
              aria-label={`Take ${take.number}`}
              onError={() => setBroken(true)}
            />
          )}
          {(missing || broken) && (
            <p className={styles.missing}>
              {broken ? 'This browser cannot play this take.' : 'This take does not have the shot.'}
            </p>
          )}
        </div>
      </div>
    </section>
  );
}

function useObjectUrl(file: File): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return url;
}
