import { type Solver, solver as solverSchema } from '../../model/config.ts';
import { passesOf } from '../../plan/guidance.ts';
import controls from '../../ui/controls.module.css';
import { Icon } from '../../ui/Icon.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { NumberField } from '../../ui/NumberField.tsx';
import { limits } from '../document.ts';
import { ordinal, ownSampling, samplingOf } from '../sampling.ts';
import { useModel } from '../studioModel.ts';
import { storyboard, useStoryboard } from '../useStoryboard.ts';
import inspector from './Inspector.module.css';
import styles from './Sampling.module.css';

const solvers: Readonly<Record<Solver, { name: string; what: string }>> = {
  euler: {
    name: 'Euler',
    what: 'Every step goes straight on. What few-step models and LoRAs are made for.',
  },
  adams: {
    name: 'Adams',
    what: 'Every step follows the bend of the way so far: Euler’s pictures in two thirds of the steps.',
  },
  unipc: {
    name: 'UniPC',
    what: 'Every step is corrected by the ones before it: good pictures in fewer steps.',
  },
};

/** Of how many steps one is guided by a pass of its own. */
const rarities = [1, 2, 3, 4] as const;

/** How a step is taken, how often it is guided and where the steps lie, folded away: the model knows by itself. */
export function SamplerFields() {
  const film = useStoryboard((state) => state.document);
  const { config } = useModel();
  const { editFilm, endStep } = storyboard.actions;
  const own = ownSampling(config.sampler);
  const { solver, shift, guidance, guidanceEvery } = samplingOf(film, config.sampler);
  const passes = passesOf(film.steps, { guidance, guidanceEvery });

  return (
    <details className={styles.fold}>
      <summary>
        <Icon name="chevron" size={14} />
        Advanced
        <span className={`${controls.numbers} ${styles.folded}`}>
          {solvers[solver].name}, shift {shift}
        </span>
      </summary>
      <div className={styles.unfolded}>
        <div className={inspector.pair}>
          <label className={controls.field}>
            Sampler
            <select
              className={controls.input}
              value={film.sampler ?? ''}
              aria-describedby="sampler-words"
              onChange={(event) => {
                const chosen = solverSchema.options.find((name) => name === event.target.value);
                editFilm({ sampler: chosen });
                endStep();
              }}
            >
              <option value="">Auto</option>
              {solverSchema.options.map((name) => (
                <option key={name} value={name}>
                  {solvers[name].name}
                </option>
              ))}
            </select>
          </label>
          <div className={controls.field}>
            <span aria-hidden="true">Shift{film.shift === undefined && ', the model’s'}</span>
            <div className={inspector.withButton}>
              <NumberField
                label="Shift"
                describedBy="shift-words"
                value={shift}
                {...limits.shift}
                step={0.5}
                onValue={(value) => editFilm({ shift: value })}
                onDone={endStep}
              />
              {film.shift !== undefined && (
                <IconButton
                  icon="close"
                  label="Use the model's shift"
                  title={`The model’s shift, ${own.shift}`}
                  onClick={() => {
                    editFilm({ shift: undefined });
                    endStep();
                  }}
                />
              )}
            </div>
          </div>
        </div>
        <p id="sampler-words" className={styles.words}>
          {solvers[solver].what}
        </p>
        <p id="shift-words" className={styles.words}>
          A higher shift gives more of the steps to the shapes of the film, a lower one to its details.
        </p>
        <label className={controls.field}>
          Guide
          <select
            className={controls.input}
            value={film.guidanceEvery ?? ''}
            disabled={guidance === 1}
            aria-describedby="guide-words"
            onChange={(event) => {
              const { value } = event.target;
              editFilm({ guidanceEvery: value === '' ? undefined : Number(value) });
              endStep();
            }}
          >
            <option value="">Auto: {everyWords(own.guidanceEvery)}</option>
            {[...new Set([...rarities, guidanceEvery])].map((every) => (
              <option key={every} value={every}>
                {everyWords(every)}
              </option>
            ))}
          </select>
        </label>
        <p id="guide-words" className={styles.words}>
          {guidance === 1
            ? `No guidance: ${passes} passes of the model.`
            : `A guided step takes a second pass, and the steps up to the next one keep what it changed: ${passes} passes of the model in all.`}
        </p>
      </div>
    </details>
  );
}

function everyWords(every: number): string {
  return every === 1 ? 'every step' : `every ${ordinal(every)} step`;
}
