import controls from '../ui/controls.module.css';
import { Icon } from '../ui/Icon.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import styles from './FailurePanel.module.css';
import { useGeneration, useStudio } from './studio.ts';
import { useGenerate } from './useGenerate.ts';

/** Why the last film did not come about, and the way to try again. */
export function FailurePanel() {
  const { generation } = useStudio();
  const failure = useGeneration((state) => state.failure);
  const generate = useGenerate();
  if (!failure) return null;
  return (
    <div className={styles.panel} role="alert">
      <Icon name="warning" />
      <p className={styles.sentence}>{failure.message}</p>
      <button type="button" className={controls.button} onClick={generate}>
        Try again
      </button>
      <IconButton icon="close" label="Dismiss" onClick={generation.dismissFailure} />
    </div>
  );
}
