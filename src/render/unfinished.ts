import type { AdapterFacts } from '../engine/device.ts';
import { listCheckpoints } from '../library/checkpoints.ts';
import type { ChosenWeights } from '../plan/filmBudget.ts';
import type { Storyboard } from '../storyboard/document.ts';
import { filmFingerprint } from './fingerprint.ts';
import { lockOthers } from './lockedShots.ts';
import type { ModelFacts } from './modelFiles.ts';

/** What an interrupted making of a film has behind it. */
export interface Unfinished {
  /** 0 where there was none. */
  stepsDone: number;
  /** The shot that alone was being made anew; null for the film as a whole. */
  only: string | null;
}

/** The last interrupted making of the film, or of one of its shots inside it. Storage that is shut holds none. */
export async function findUnfinished(
  storyboard: Storyboard,
  facts: ModelFacts,
  adapter: AdapterFacts,
  base: string | undefined,
  weights: ChosenWeights | null,
): Promise<Unfinished> {
  const checkpoints = await listCheckpoints().catch(() => []);
  if (checkpoints.length > 0) {
    const makings = new Map<string, string | null>();
    for (const { id } of base === undefined ? [] : storyboard.shots) {
      makings.set(filmFingerprint(lockOthers(storyboard, id), facts, adapter, base, weights), id);
    }
    // A film that locks have already narrowed to one shot is that film, however it was asked for.
    makings.set(filmFingerprint(storyboard, facts, adapter, base, weights), null);
    for (const { fingerprint, step } of checkpoints) {
      const only = makings.get(fingerprint);
      if (only !== undefined) return { stepsDone: step, only };
    }
  }
  return { stepsDone: 0, only: null };
}
