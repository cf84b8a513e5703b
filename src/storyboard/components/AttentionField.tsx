import { useMemo } from 'react';
import { attentionFor } from '../../plan/routing.ts';
import choice from '../../ui/choice.module.css';
import controls from '../../ui/controls.module.css';
import { useRested } from '../../ui/useRested.ts';
import { attentionShare, attentionsOf, attentionWords, costWords } from '../attention.ts';
import { useTransformer } from '../ownModels.ts';
import { useGeometry } from '../studioModel.ts';
import { storyboard, useStoryboard } from '../useStoryboard.ts';
import styles from './Sampling.module.css';

/** Rest after an edit of the cut before its work is counted again, in milliseconds. */
const rest = 200;

/** Who attends to whom: what the model can do, and what each takes of the work that dense attention is. */
export function AttentionField() {
  const asked = useStoryboard((state) => state.document.attention);
  const steps = useStoryboard((state) => state.document.steps);
  const shape = useTransformer();
  const geometry = useRested(useGeometry(), rest);
  const { editFilm, endStep } = storyboard.actions;
  const offered = useMemo(
    () =>
      attentionsOf(shape).map((mode) => ({
        mode,
        share: geometry && attentionShare(shape, geometry, mode, steps),
      })),
    [shape, geometry, steps],
  );
  const chosen = attentionFor(asked, shape);
  const share = offered.find(({ mode }) => mode === chosen)?.share ?? null;

  return (
    <fieldset className={controls.field} aria-label="Attention" aria-describedby="attention-words">
      <span aria-hidden="true">Attention</span>
      <div className={`${choice.choice} ${styles.attentions}`}>
        {offered.map(({ mode, share }) => (
          <label key={mode} title={attentionWords[mode].what}>
            <input
              type="radio"
              name="attention"
              checked={mode === chosen}
              onChange={() => {
                editFilm({ attention: mode });
                endStep();
              }}
            />
            {attentionWords[mode].name}
            <span className={`${controls.numbers} ${styles.share}`}>
              {share === null ? '…' : `${Math.round(100 * share)} %`}
              <span className={controls.hidden}> of the full work</span>
            </span>
          </label>
        ))}
      </div>
      <p id="attention-words" className={styles.words}>
        {attentionWords[chosen].what} {costWords(chosen, share, steps)}
      </p>
    </fieldset>
  );
}
