import controls from '../ui/controls.module.css';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import styles from './FailurePanel.module.css';
import { useGeneration, useStudio } from './studio.ts';

/** Why there is no film: the last one failed, or nothing here can make one. */
export function FailurePanel() {
  const { generation } = useStudio();
  const failure = useGeneration((state) => state.failure);
  const adapter = useGeneration((state) => state.adapter);

  // Without an adapter every film fails for the same reason, which is said once.
  if (adapter.status === 'absent') {
    return (
      <div className={styles.panel} role="alert">
        <Icon name="warning" />
        <p className={styles.sentence}>{adapter.sentence}</p>
        <button type="button" className={controls.button} onClick={generation.connect}>
          Look again
        </button>
      </div>
    );
  }
  if (!failure) return null;
  return (
    <div className={styles.panel} role="alert">
      <Icon name="warning" />
      <p className={styles.sentence}>{failure.message}</p>
      <button
        type="button"
        className={controls.button}
        // The panel shows the error again.
        onClick={() => generation.retry().catch(() => undefined)}
      >
        Try again
      </button>
      <IconButton icon="close" label="Dismiss" onClick={generation.dismissFailure} />
    </div>
  );
}
