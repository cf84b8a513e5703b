import styles from './ExamplesStrip.module.css';
import { examples } from './examples.ts';
import { openDocument } from './openFile.ts';

/** The storyboards that come with the studio, a click each. */
export function ExampleChips() {
  return (
    <ul className={styles.list} aria-label="Examples">
      {examples.map((example) => (
        <li key={example.title}>
          <button
            type="button"
            className={styles.example}
            aria-label={`${example.title}, ${example.shots.length} ${example.shots.length === 1 ? 'shot' : 'shots'}`}
            onClick={() => openDocument(example)}
          >
            {example.title}
            <span className={styles.count}>{example.shots.length}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
