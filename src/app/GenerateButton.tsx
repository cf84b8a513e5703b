import { useEffect, useState } from 'react';
import { draftOf } from '../storyboard/draft.ts';
import { useStoryboard } from '../storyboard/useStoryboard.ts';
import controls from '../ui/controls.module.css';
import { IconButton } from '../ui/IconButton.tsx';
import styles from './GenerateButton.module.css';
import { isEnding, type Job, unfinishedOf } from './generationState.ts';
import { notifyError } from './notices.ts';
import { whereItGoesOn } from './progressWords.ts';
import { useDraft } from './quality.ts';
import { useGeneration, useStudio } from './studio.ts';
import { useGenerate } from './useGenerate.ts';

/** Generate, or going on with a film that was interrupted, and Cancel in its place while a film is being made. */
export function GenerateButton() {
  const { generation } = useStudio();
  const job = useGeneration((state) => state.job);
  const document = useStoryboard((state) => state.document);
  const unfinished = useGeneration((state) => unfinishedOf(state, document));
  const draft = useDraft();
  const generate = useGenerate();
  if (job) return <CancelButton job={job} />;
  if (unfinished) {
    const { stepsDone, only } = unfinished;
    const number = document.shots.findIndex(({ id }) => id === only) + 1;
    const { steps } = draft ? draftOf(document) : document;
    return (
      <>
        <IconButton
          icon="restart"
          label="Start anew"
          title="Start anew, from the first step"
          // The failure panel shows the error.
          onClick={() =>
            generation
              .generate({ anew: true, ...(only && { only }), ...(draft && { draft }) })
              .catch(() => undefined)
          }
        />
        <button
          type="button"
          className={controls.primary}
          title={number > 0 ? `Ctrl+Enter: shot ${number} anew` : 'Ctrl+Enter'}
          onClick={generate}
        >
          <span className={styles.goOn} data-short={stepsDone < steps ? `${stepsDone + 1}/${steps}` : ''}>
            Go on <span className={styles.where}>{whereItGoesOn(stepsDone, steps)}</span>
          </span>
        </button>
      </>
    );
  }
  const locked = document.shots.filter((shot) => shot.locked).length;
  return (
    <button type="button" className={controls.primary} title="Ctrl+Enter" onClick={generate}>
      {locked > 0
        ? `Generate unlocked (${document.shots.length - locked})`
        : `Generate${draft ? ' draft' : ''}`}
    </button>
  );
}

/** Longer than a double-click takes. */
const restMilliseconds = 500;

/** It comes where the click that began the film was: the second one of a double-click must not take the film away. */
function CancelButton({ job }: { job: Job }) {
  const { generation } = useStudio();
  const [ready, setReady] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setReady(true), restMilliseconds);
    return () => clearTimeout(timer);
  }, []);
  return (
    <button
      type="button"
      className={controls.stop}
      disabled={!ready || isEnding(job)}
      title="Stop and forget what is made so far"
      onClick={() => generation.cancel().catch(notifyError)}
    >
      Cancel
    </button>
  );
}
