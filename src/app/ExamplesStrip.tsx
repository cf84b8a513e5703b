import { useStore } from 'zustand';
import { storyboard, useStoryboard } from '../storyboard/useStoryboard.ts';
import styles from './ExamplesStrip.module.css';
import { examples } from './examples.ts';
import { openDocument } from './openFile.ts';
import { useGeneration, useStudio } from './studio.ts';

/** On a first visit, until the person does something: other films to begin with. */
export function ExamplesStrip() {
  const { firstVisit } = useStudio();
  const untouched = useStore(storyboard.temporal, ({ pastStates }) => pastStates.length === 0);
  const documentId = useStoryboard((state) => state.documentId);
  const idle = useGeneration(({ job, film, failure }) => !job && !failure && film?.documentId !== documentId);
  if (!firstVisit || !untouched || !idle) return null;
  return (
    <nav className={styles.strip} aria-label="Examples">
      <p className={styles.words}>Press Generate to make this film, write your own shots, or start from</p>
      <ul className={styles.list}>
        {examples.map((example) => (
          <li key={example.title}>
            <button type="button" className={styles.example} onClick={() => openDocument(example)}>
              {example.title}
              <span className={styles.count}>{example.shots.length}</span>
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
