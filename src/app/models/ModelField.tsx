import { useId, useState } from 'react';
import { useStore } from 'zustand';
import { isWanModel, wanModels, wanTitles } from '../../model/wanConfig.ts';
import { useStoryboard } from '../../storyboard/useStoryboard.ts';
import controls from '../../ui/controls.module.css';
import { useStudio } from '../studio.ts';
import styles from './ModelField.module.css';
import { ModelsDialog } from './ModelsDialog.tsx';

const builtIn = 'papercut';

/** The model that the film is made with, and the way to the person's own. */
export function ModelField() {
  const { models, switchModel } = useStudio();
  const model = useStoryboard((state) => state.document.model);
  const sets = useStore(models.state, ({ report }) => report.sets);
  const [open, setOpen] = useState(false);
  const field = useId();
  const set = sets.find((candidate) => candidate.model === model);
  // A size of its own is on offer once there is a transformer of such a size.
  const offered = wanModels.filter((name) => {
    if (name !== 'wan2.1-custom' || name === model) return true;
    const missing = sets.find((candidate) => candidate.model === name)?.missing ?? [{ what: 'transformer' }];
    return missing.every(({ what }) => what !== 'transformer');
  });
  const lacks = isWanModel(model) && set?.missing.length !== 0;

  function choose(name: string): void {
    const chosen = sets.find((candidate) => candidate.model === name);
    switchModel(name, (chosen?.transformer?.groups ?? null) !== null);
    if (isWanModel(name) && chosen?.missing.length !== 0) setOpen(true);
  }

  return (
    <div className={controls.field}>
      <span className={styles.caption}>
        <label htmlFor={field}>Model</label>
        <ModelsDialog open={open} onOpen={setOpen} />
      </span>
      <select
        id={field}
        className={controls.input}
        value={model}
        onChange={(event) => choose(event.target.value)}
      >
        <option value={builtIn}>Papercut, built in</option>
        {offered.map((name) => (
          <option key={name} value={name}>
            {wanTitles[name]}
          </option>
        ))}
        {model !== builtIn && !isWanModel(model) && <option value={model}>{model}</option>}
      </select>
      {lacks && (
        <p className={styles.lacks} role="status">
          {set
            ? `Missing: ${set.missing.map(({ what }) => what).join(', ')}.`
            : 'None of its files are here yet.'}
        </p>
      )}
    </div>
  );
}
