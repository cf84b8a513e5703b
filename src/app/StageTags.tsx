import { useMemo } from 'react';
import { shotAt } from '../film/player/mapFrame.ts';
import styles from '../film/player/Screen.module.css';
import { usePlayhead } from '../film/player/usePlayer.ts';
import type { Storyboard } from '../storyboard/document.ts';
import { useStoryboard } from '../storyboard/useStoryboard.ts';
import { DraftTag } from './DraftTag.tsx';
import type { Shown } from './useShown.ts';

/** Says over the picture which shot it is and how finished. */
export function StageTags({ shown }: { shown: Shown }) {
  const frame = usePlayhead((state) => state.frame);
  const document = useStoryboard((state) => state.document);
  const made = shown.kind === 'film' ? shown.film.record.storyboard : null;
  const stale = useMemo(() => made !== null && !sameFilm(made, document), [made, document]);
  if (shown.kind === 'slates') return null;
  const number = (shotAt(frame, shown.geometry.shots)?.index ?? 0) + 1;
  return (
    <>
      {shown.kind === 'forming' && (
        <span className={styles.tag}>
          Shot {number} · {formingState(shown.job)}
        </span>
      )}
      {shown.kind === 'film' && shown.film.record.draft && <DraftTag />}
      {stale && (
        <span className={styles.tag} data-place="right">
          made before your last edits
        </span>
      )}
    </>
  );
}

function formingState(job: Extract<Shown, { kind: 'forming' }>['job']): string {
  if (!job) return 'not finished';
  const { progress } = job;
  if (!progress || progress.step === 0) return 'forming';
  if (progress.step < progress.steps) return `forming, step ${progress.step} of ${progress.steps}`;
  return 'developing';
}

/** Whether two documents make the same film; a title makes no difference to the pictures. */
function sameFilm(a: Storyboard, b: Storyboard): boolean {
  return filmText(a) === filmText(b);
}

function filmText({ title: _, ...film }: Storyboard): string {
  return JSON.stringify(film);
}
