import { titleOf } from '../storyboard/document.ts';
import { useStoryboard } from '../storyboard/useStoryboard.ts';
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
  const documentId = useStoryboard((state) => state.documentId);

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
  const ofAnother = failure.documentId !== documentId;
  return (
    <div className={styles.panel} role="alert">
      <Icon name="warning" />
      <p className={styles.sentence}>
        {ofAnother && `“${titleOf(failure.document)}” did not become a film. `}
        {failure.error.message}
      </p>
      {/* To try again would make a film of the storyboard at hand. */}
      {!ofAnother && (
        <button
          type="button"
          className={controls.button}
          // The panel shows the error again.
          onClick={() => generation.retry().catch(() => undefined)}
        >
          Try again
        </button>
      )}
      <IconButton icon="close" label="Dismiss" onClick={generation.dismissFailure} />
    </div>
  );
}
