import controls from '../../ui/controls.module.css';
import { Icon } from '../../ui/Icon.tsx';
import { useShown } from '../useShown.ts';
import styles from './RouterToggle.module.css';
import { inspector, useInspector } from './useInspector.ts';

/** Opens the inspector of the router over a finished film. */
export function RouterToggle() {
  const open = useInspector((state) => state.open);
  if (useShown()?.kind !== 'film') return null;
  return (
    <button
      type="button"
      className={`${controls.button} ${styles.toggle}`}
      aria-label="Groups"
      aria-pressed={open}
      title="See which patches of the film attend to each other (G)"
      onClick={inspector.actions.toggle}
    >
      <Icon name="groups" />
      <span className={styles.word}>Groups</span>
    </button>
  );
}
