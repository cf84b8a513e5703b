import styles from './DropVeil.module.css';
import { useFileDrop } from './useFileDrop.ts';

/** Says that what hovers over the page can be dropped. The Open menu does the same by keyboard. */
export function DropVeil() {
  const hovered = useFileDrop();
  return (
    hovered && (
      <div className={styles.veil}>
        <p>Drop a film or a storyboard to open it</p>
      </div>
    )
  );
}
