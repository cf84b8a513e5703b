import type { ReactNode } from 'react';
import controls from '../../ui/controls.module.css';
import { Icon } from '../../ui/Icon.tsx';
import { NumberField } from '../../ui/NumberField.tsx';
import { limits } from '../document.ts';
import { useReroll } from '../reroll.ts';
import { storyboard, useStoryboard } from '../useStoryboard.ts';
import { AttentionField } from './AttentionField.tsx';
import styles from './Inspector.module.css';
import { NegativeField } from './NegativeField.tsx';
import { PresetField } from './PresetField.tsx';
import { SamplerFields } from './SamplerFields.tsx';
import { SeedField } from './SeedField.tsx';
import { SizeField } from './SizeField.tsx';

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
            className={controls.aside}
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
      <PresetField />
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
      </div>
      <AttentionField />
      <SamplerFields />
      <SeedField name="Seed" caption="Seed" value={film.seed} onValue={(seed) => editFilm({ seed })} />
      <NegativeField />
    </section>
  );
}
