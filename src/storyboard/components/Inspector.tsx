import type { ReactNode } from 'react';
import { FilmSettings } from './FilmSettings.tsx';
import styles from './Inspector.module.css';
import { ShotInspector } from './ShotInspector.tsx';

/** The shot at hand, and the film that it is part of. */
export function Inspector({ modelField }: { modelField: ReactNode }) {
  return (
    <aside className={styles.inspector} aria-label="Inspector">
      <ShotInspector />
      <FilmSettings modelField={modelField} />
    </aside>
  );
}
