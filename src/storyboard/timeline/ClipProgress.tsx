import type { Run } from '../../plan/types.ts';
import styles from './ClipProgress.module.css';
import { decodedShare, type Making } from './making.ts';

/** How far a clip is denoised, step by step, then how much of it is decoded. */
export function ClipProgress({ making, latent }: { making: Making; latent: Run }) {
  const { step, steps } = making;
  const decoded = decodedShare(making, latent);
  const working = decoded === 0 && step < steps;
  return (
    <span className={styles.progress} aria-hidden="true">
      <span className={styles.done} style={{ width: `${(step / steps) * 100}%` }} />
      {working && (
        <span
          className={styles.working}
          style={{ left: `${(step / steps) * 100}%`, width: `${100 / steps}%` }}
        />
      )}
      {decoded > 0 && <span className={styles.decoded} style={{ width: `${decoded * 100}%` }} />}
    </span>
  );
}
