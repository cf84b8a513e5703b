import type { Generation, Job } from './generation.ts';
import { stageOf } from './progressWords.ts';

/**
 * Says each stage of a film in the making and each quarter, not each step, and how the making ended; a failure is said
 * elsewhere. Returns what ends it.
 */
export function announceProgress(
  { state }: Pick<Generation, 'state'>,
  say: (words: string) => void,
): () => void {
  let filmBefore = state.getState().film;
  return state.subscribe(({ job, film, failure }, past) => {
    if (job && !past.job) filmBefore = film;
    if (job) say(progressOf(job));
    else if (past.job)
      say(failure ? '' : film && film !== filmBefore ? 'The film is done.' : endOf(past.job));
  });
}

function progressOf(job: Job): string {
  const quarter = Math.floor((job.progress?.fraction ?? 0) * 4) * 25;
  return quarter > 0 ? `${stageOf(job)}, ${quarter} percent.` : `${stageOf(job)}.`;
}

function endOf({ phase }: Job): string {
  return phase === 'stopping' ? 'Stopped.' : 'Cancelled.';
}
