import { useStoryboard } from '../storyboard/useStoryboard.ts';
import { ExampleChips } from './ExampleChips.tsx';
import styles from './ExamplesStrip.module.css';
import { useGuide } from './firstFilm/guide.ts';
import { useGeneration } from './studio.ts';

/** Beneath an empty storyboard: how to begin. */
export function ExamplesStrip() {
  const guided = useGuide();
  const empty = useStoryboard(({ document }) => document.shots.every(({ prompt }) => prompt.trim() === ''));
  const documentId = useStoryboard((state) => state.documentId);
  const idle = useGeneration(({ job, film, failure }) => !job && !failure && film?.documentId !== documentId);
  if (guided || !empty || !idle) return null;
  return (
    <section className={styles.strip} aria-label="How to begin">
      <p className={styles.words}>Write what is to be seen in the first shot, or start from</p>
      <ExampleChips />
    </section>
  );
}
