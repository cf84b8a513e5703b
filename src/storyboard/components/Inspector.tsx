import { FilmSettings } from './FilmSettings.tsx';
import styles from './Inspector.module.css';
import { ShotInspector } from './ShotInspector.tsx';

/** The shot at hand, and the film that it is part of. */
export function Inspector() {
  return (
    <aside className={styles.inspector} aria-label="Inspector">
      <ShotInspector />
      <FilmSettings />
    </aside>
  );
}
