import controls from '../../ui/controls.module.css';
import { Icon } from '../../ui/Icon.tsx';
import { limits } from '../document.ts';
import { useGeometry } from '../studioModel.ts';
import { storyboard, useStoryboard } from '../useStoryboard.ts';
import { addAndWrite } from '../writing.ts';
import { PromptEditor } from './PromptEditor.tsx';
import { ShotList } from './ShotList.tsx';
import styles from './StoryboardPanel.module.css';
import { UnknownWords } from './UnknownWords.tsx';

/** The shots as a list that is written and ordered in place. */
export function StoryboardPanel() {
  const look = useStoryboard((state) => state.document.look);
  const count = useStoryboard((state) => state.document.shots.length);
  const geometry = useGeometry();
  const full = count >= limits.shots;

  return (
    <section className={styles.panel} aria-label="Storyboard">
      <header className={styles.header}>
        <h2 className={controls.heading}>Storyboard</h2>
        <span className={`${controls.numbers} ${styles.sum}`}>
          {count} {count === 1 ? 'shot' : 'shots'}
          {geometry && ` · ${geometry.seconds.toFixed(2)} s`}
        </span>
      </header>
      <div className={styles.look}>
        <span className={styles.lookLabel} aria-hidden="true">
          Look
        </span>
        <PromptEditor
          label="Look of the film"
          placeholder="before every prompt, as: at dawn"
          value={look}
          onText={(text) => storyboard.actions.editFilm({ look: text })}
          onBlur={storyboard.actions.endStep}
        />
      </div>
      <UnknownWords
        of="the look"
        text={look}
        onText={(text) => storyboard.actions.editFilm({ look: text })}
      />
      <ShotList />
      <button
        type="button"
        className={`${controls.button} ${styles.add}`}
        disabled={full}
        title={
          full
            ? `A film has at most ${limits.shots} shots`
            : 'Add a shot and write its prompt (Ctrl Shift Enter)'
        }
        onClick={addAndWrite}
      >
        <Icon name="add" />
        Add shot
      </button>
    </section>
  );
}
