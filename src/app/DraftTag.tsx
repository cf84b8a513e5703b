import styles from '../film/player/Screen.module.css';
import { duration } from '../film/player/timecode.ts';
import { useGeneration, useStudio } from './studio.ts';

/** Over a finished draft: what it is, and the way to the film itself. */
export function DraftTag() {
  const { generation } = useStudio();
  const costs = useGeneration((state) => state.costs);
  return (
    <p className={styles.draft}>
      <span>Draft</span>
      <button
        type="button"
        // The failure panel shows the error.
        onClick={() => generation.generate().catch(() => undefined)}
      >
        Make the final film{costs && `, about ${duration(costs.final)}`}
      </button>
    </p>
  );
}
