import { Progress } from 'radix-ui';
import controls from '../ui/controls.module.css';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import type { Job } from './generation.ts';
import { isEnding } from './generationState.ts';
import { NotifySwitch } from './NotifySwitch.tsx';
import { notifyError } from './notices.ts';
import styles from './ProgressPanel.module.css';
import { detailOf, percentOf, stageOf } from './progressWords.ts';
import { useGeneration, useStudio } from './studio.ts';

/** How far the film in the making is, and whether it goes on. */
export function ProgressPanel() {
  const job = useGeneration((state) => state.job);
  if (!job) return null;
  const percent = percentOf(job);
  return (
    <div className={styles.panel} data-phase={job.phase}>
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
      <RunButtons job={job} />
      <NotifySwitch />
    </div>
  );
}

function RunButtons({ job }: { job: Job }) {
  const { generation } = useStudio();
  const paused = job.phase === 'paused';
  return (
    <span className={styles.run}>
      <IconButton
        icon={paused ? 'play' : 'pause'}
        label={paused ? 'Go on generating' : 'Pause generating'}
        title={paused ? 'Go on' : 'Pause: the GPU rests until you go on'}
        disabled={isEnding(job)}
        onClick={() => (paused ? generation.resume() : generation.pause()).catch(notifyError)}
      />
      <button
        type="button"
        className={`${controls.button} ${styles.stop}`}
        title="Stop now and keep the steps that are done, to go on another time"
        disabled={isEnding(job)}
        onClick={() => generation.stop().catch(notifyError)}
      >
        <Icon name="stop" size={14} />
        Stop and keep
      </button>
    </span>
  );
}
