import { useContext } from 'react';
import controls from '../../ui/controls.module.css';
import { OwnModelsContext } from '../ownModels.ts';
import { fieldsOf, presetOf, presetsOf, presetWords, samplingOf } from '../sampling.ts';
import { useModel } from '../studioModel.ts';
import { storyboard, useStoryboard } from '../useStoryboard.ts';
import styles from './Sampling.module.css';

const own = 'own';

/** Steps, guidance, sampler and shift that go together. */
export function PresetField() {
  const film = useStoryboard((state) => state.document);
  const { config } = useModel();
  const { lora } = useContext(OwnModelsContext);
  const { editFilm, endStep } = storyboard.actions;
  const presets = presetsOf(config.sampler);
  const sampling = samplingOf(film, config.sampler);
  const preset = presetOf(sampling, config.sampler);

  function choose(index: string): void {
    const chosen = presets[Number(index)];
    if (!chosen) return;
    endStep();
    editFilm(fieldsOf(chosen, config.sampler));
    endStep();
  }

  return (
    <>
      <label className={controls.field}>
        Preset
        <select
          className={controls.input}
          value={preset ? presets.indexOf(preset) : own}
          onChange={(event) => choose(event.target.value)}
        >
          {presets.map((each, index) => (
            <option key={presetWords(each, config.sampler)} value={index}>
              {presetWords(each, config.sampler)}
            </option>
          ))}
          {!preset && (
            <option value={own}>{presetWords({ name: 'Yours', ...sampling }, config.sampler)}</option>
          )}
        </select>
      </label>
      {preset?.distilled && !lora && (
        <p className={styles.caution} role="status">
          This is for a few-step LoRA, and no LoRA is switched on: add one under Models, unless the model
          itself was trained to so few steps.
        </p>
      )}
    </>
  );
}
