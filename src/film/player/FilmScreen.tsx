import { useRef, useState } from 'react';
import styles from './Screen.module.css';
import { useVideoPlayback } from './useVideoPlayback.ts';

/** The finished film. `url` is an object URL of the MP4. */
export function FilmScreen({ url }: { url: string }) {
  const video = useRef<HTMLVideoElement>(null);
  const [broken, setBroken] = useState(false);
  useVideoPlayback(video);
  return (
    <>
      <video
        ref={video}
        className={styles.fill}
        src={url}
        muted
        playsInline
        preload="auto"
        aria-label="Film"
        onError={() => setBroken(true)}
      />
      {broken && (
        <p className={styles.broken} role="alert">
          This browser cannot play the film: export it and open it in another player, or generate it again.
        </p>
      )}
    </>
  );
}
