import controls from '../ui/controls.module.css';
import type { GenerationState } from './generation.ts';
import { stageOf } from './progressWords.ts';
import { useGeneration } from './studio.ts';

/** Tells a screen reader of each stage and each quarter, not of each step. */
export function ProgressAnnouncer() {
  const words = useGeneration(announcement);
  return (
    <p className={controls.hidden} role="status" aria-live="polite">
      {words}
    </p>
  );
}

function announcement({ job, film, failure }: GenerationState): string {
  if (job) {
    const quarter = Math.floor((job.progress?.fraction ?? 0) * 4) * 25;
    return quarter > 0 ? `${stageOf(job)}, ${quarter} percent.` : `${stageOf(job)}.`;
  }
  if (failure) return '';
  return film ? 'The film is done.' : '';
}
