import controls from '../../ui/controls.module.css';
import { useModel } from '../studioModel.ts';
import { storyboard, useStoryboard } from '../useStoryboard.ts';
import inspector from './Inspector.module.css';
import { PromptEditor } from './PromptEditor.tsx';
import styles from './Sampling.module.css';
import { UnknownWords } from './UnknownWords.tsx';

/** What guidance leads away from; where the person says nothing, what the model wants avoided. */
export function NegativeField() {
  const negative = useStoryboard((state) => state.document.negative);
  const guidance = useStoryboard((state) => state.document.guidance);
  const own = useModel().config.sampler.negative;
  const { editFilm, endStep } = storyboard.actions;
  const empty = negative.trim() === '';

  function writeOut(): void {
    endStep();
    editFilm({ negative: own ?? '' });
    endStep();
  }

  return (
    <div className={controls.field}>
      <span className={styles.caption}>
        <span aria-hidden="true">Not to be seen</span>
        {own !== undefined && empty && (
          <button
            type="button"
            className={controls.aside}
            title="Put the model’s own list into the field, to change it"
            onClick={writeOut}
          >
            Write the model’s list
          </button>
        )}
      </span>
      <PromptEditor
        className={`${inspector.prompt} ${inspector.negative}`}
        label="Negative prompt"
        placeholder={own === undefined ? 'Nothing in particular' : 'The model’s own list of faults'}
        value={negative}
        aria-describedby={guidance === 1 ? 'negative-unused' : undefined}
        onText={(text) => editFilm({ negative: text })}
        onBlur={endStep}
      />
      {guidance === 1 && (
        <p id="negative-unused" className={styles.words}>
          Without guidance it is not read.
        </p>
      )}
      <UnknownWords
        of="the negative prompt"
        text={negative}
        onText={(text) => editFilm({ negative: text })}
      />
    </div>
  );
}
