import { Progress } from 'radix-ui';
import controls from '../ui/controls.module.css';
import { NotifySwitch } from './NotifySwitch.tsx';
import styles from './ProgressPanel.module.css';
import { detailOf, percentOf, stageOf } from './progressWords.ts';
import { useGeneration } from './studio.ts';

/** How far the film in the making is. */
export function ProgressPanel() {
  const job = useGeneration((state) => state.job);
  if (!job) return null;
  const percent = percentOf(job);
  return (
    <div className={styles.panel}>
      <span className={styles.stage}>{stageOf(job)}</span>
      <Progress.Root
        className={styles.bar}
        value={percent}
        aria-label="Film progress"
        aria-valuetext={`${percent} percent, ${stageOf(job).toLowerCase()}`}
      >
        <Progress.Indicator className={styles.filled} style={{ width: `${percent}%` }} />
      </Progress.Root>
      <span className={`${controls.numbers} ${styles.detail}`}>{detailOf(job)}</span>
      <NotifySwitch />
    </div>
  );
}
