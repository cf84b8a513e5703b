import type { ReactNode } from 'react';
import controls from '../../ui/controls.module.css';
import { Icon } from '../../ui/Icon.tsx';
import { NumberField } from '../../ui/NumberField.tsx';
import { limits } from '../document.ts';
import { useReroll } from '../reroll.ts';
import { storyboard, useStoryboard } from '../useStoryboard.ts';
import styles from './Inspector.module.css';
import { PromptEditor } from './PromptEditor.tsx';
import { SeedField } from './SeedField.tsx';
import { SizeField } from './SizeField.tsx';
import { UnknownWords } from './UnknownWords.tsx';

const attentions = [
  {
    value: 'moga',
    name: 'MoGA',
    hint: 'Tokens attend in groups that the model forms: fast, and what it was trained with',
  },
  { value: 'dense', name: 'Dense', hint: 'Every token attends to every other: slow, to compare with' },
] as const;

/** Settings of the film as a whole. */
export function FilmSettings({ modelField }: { modelField: ReactNode }) {
  const film = useStoryboard((state) => state.document);
  const reroll = useReroll();
  const { editFilm, endStep } = storyboard.actions;

  return (
    <section className={styles.section} aria-label="Film settings">
      <header className={styles.header}>
        <h2 className={controls.heading}>Film</h2>
        {reroll && (
          <button
            type="button"
            className={styles.reroll}
            title="Draw another seed and generate (Shift R)"
            onClick={reroll.film}
          >
            <Icon name="reroll" size={14} />
            Re-roll the film
          </button>
        )}
      </header>
      {modelField}
      <SizeField />
      <div className={styles.pair}>
        <div className={controls.field}>
          <span aria-hidden="true">Steps</span>
          <NumberField
            label="Steps"
            value={film.steps}
            {...limits.steps}
            whole
            step={1}
            onValue={(steps) => editFilm({ steps })}
            onDone={endStep}
          />
        </div>
        <div className={controls.field}>
          <span aria-hidden="true">Guidance</span>
          <NumberField
            label="Guidance"
            value={film.guidance}
            {...limits.guidance}
            step={0.5}
            onValue={(guidance) => editFilm({ guidance })}
            onDone={endStep}
          />
        </div>
        <SeedField name="Seed" caption="Seed" value={film.seed} onValue={(seed) => editFilm({ seed })} />
        <fieldset className={controls.field} aria-label="Attention">
          <span aria-hidden="true">Attention</span>
          <div className={styles.choice}>
            {attentions.map(({ value, name, hint }) => (
              <label key={value} title={hint}>
                <input
                  type="radio"
                  name="attention"
                  checked={film.attention === value}
                  onChange={() => editFilm({ attention: value })}
                />
                {name}
              </label>
            ))}
          </div>
        </fieldset>
      </div>
      <div className={controls.field}>
        <span aria-hidden="true">Not to be seen</span>
        <PromptEditor
          className={`${styles.prompt} ${styles.negative}`}
          label="Negative prompt"
          placeholder="Nothing in particular"
          value={film.negative}
          onText={(negative) => editFilm({ negative })}
          onBlur={endStep}
        />
        <UnknownWords
          of="the negative prompt"
          text={film.negative}
          onText={(negative) => editFilm({ negative })}
        />
      </div>
    </section>
  );
}
