import type { ReactNode } from 'react';
import { duration } from '../../film/player/timecode.ts';
import { useStoryboard } from '../../storyboard/useStoryboard.ts';
import controls from '../../ui/controls.module.css';
import { IconButton } from '../../ui/IconButton.tsx';
import { ExampleChips } from '../ExampleChips.tsx';
import type { GenerationState } from '../generationState.ts';
import { chooseDraft } from '../quality.ts';
import { useGeneration, useStudio } from '../studio.ts';
import styles from './FirstFilm.module.css';
import { type GuideStep, guide, guideSteps, stepOf, useGuide } from './guide.ts';

/** Three steps to a first film, beneath the stage. Nothing waits for it, and it goes when it is not wanted. */
export function FirstFilm() {
  const shown = useGuide();
  const document = useStoryboard((state) => state.document);
  const documentId = useStoryboard((state) => state.documentId);
  const making = useGeneration(({ job }) => job !== null);
  const failed = useGeneration(({ failure, adapter }) => failure !== null || adapter.status === 'absent');
  const film = useGeneration((state) => filmOf(state, documentId));
  // What went wrong is told in the same place, and comes first.
  if (!shown || failed) return null;
  const step = stepOf({ document, making, film });
  return (
    <section className={styles.guide} aria-label="Your first film" data-making={making}>
      <ol className={styles.steps}>
        <Step name="write" now={step} title="Say what is to be seen">
          <p>Keep these two shots, write your own, or take an example:</p>
          <ExampleChips />
        </Step>
        <Step name="draft" now={step} title="Draft it">
          <DraftStep making={making} />
        </Step>
        <Step name="final" now={step} title="Make the film">
          <FinalStep film={film} />
        </Step>
      </ol>
      <IconButton icon="close" label="Close the guide" onClick={guide.end} />
    </section>
  );
}

interface StepProps {
  name: GuideStep;
  now: GuideStep;
  title: string;
  children: ReactNode;
}

function Step({ name, now, title, children }: StepProps) {
  const place = guideSteps.indexOf(name) - guideSteps.indexOf(now);
  return (
    <li className={styles.step} data-place={Math.sign(place)} aria-current={place === 0 ? 'step' : undefined}>
      <h3 className={styles.title}>
        <span className={styles.number}>{guideSteps.indexOf(name) + 1}</span>
        {title}
        {place < 0 && <span className={controls.hidden}>, done</span>}
      </h3>
      {place === 0 && <div className={styles.body}>{children}</div>}
    </li>
  );
}

function DraftStep({ making }: { making: boolean }) {
  const { generation } = useStudio();
  const costs = useGeneration((state) => state.costs);
  const software = useGeneration(({ adapter }) => adapter.status === 'ready' && adapter.report.software);
  if (making) return <p>All shots form together. Watch them sharpen, here and on the clips below.</p>;
  return (
    <>
      <p>
        {software && 'There is no GPU here, so a film takes its time. '}A draft shows the whole film with
        fewer steps{costs && `, in about ${duration(costs.draft)} instead of ${duration(costs.final)}`}.
      </p>
      <button
        type="button"
        className={controls.button}
        onClick={() => {
          chooseDraft(true);
          // The failure panel shows the error.
          generation.generate({ draft: true }).catch(() => undefined);
        }}
      >
        Make a draft
      </button>
    </>
  );
}

function FinalStep({ film }: { film: 'draft' | 'final' | null }) {
  const { generation } = useStudio();
  const costs = useGeneration((state) => state.costs);
  if (film === 'final') {
    return (
      <>
        <p>Done. Space plays it, Export saves it as an MP4, and ? lists the keys.</p>
        <button type="button" className={controls.button} onClick={guide.end}>
          Close the guide
        </button>
      </>
    );
  }
  return (
    <>
      <p>
        Space plays the draft. Change words or lengths and draft again; when you like it, make the film
        {costs && `, in about ${duration(costs.final)}`}.
      </p>
      <button
        type="button"
        className={controls.button}
        onClick={() => {
          chooseDraft(false);
          // The failure panel shows the error.
          generation.generate().catch(() => undefined);
        }}
      >
        Make the film
      </button>
    </>
  );
}

function filmOf({ film }: GenerationState, documentId: string): 'draft' | 'final' | null {
  if (film?.documentId !== documentId) return null;
  return film.record.draft ? 'draft' : 'final';
}
