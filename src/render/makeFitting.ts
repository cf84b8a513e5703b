import { ShotweaveError } from '../lib/errors.ts';
import type { FilmBudget } from '../plan/filmBudget.ts';
import { type FilmMemory, type JudgedFilm, judgeFilm } from './judgeFilm.ts';

/** A film that fits, as far as it is known. */
export type FittingFilm = JudgedFilm & { budget: FilmBudget };

/**
 * Makes a film as it was judged to fit. Where the GPU turns out to have no room for it after all, it is made with
 * smaller weights, as long as there are any; `onOutOfMemory` is told of the bytes that were too many.
 * Rejects with `film-too-large`, with `gpu-out-of-memory` when nothing smaller is left, and with what `make` throws.
 */
export async function makeFitting<T>(
  [storyboard, facts, memory]: Parameters<typeof judgeFilm>,
  make: (film: FittingFilm) => Promise<T>,
  onOutOfMemory: (bytes: number) => void,
): Promise<T> {
  let room: FilmMemory['room'] = memory.room;
  let full: unknown = null;
  for (;;) {
    const judged = judgeFilm(storyboard, facts, { ...memory, room });
    const { budget, refusal } = judged;
    if (!budget) throw full ?? new ShotweaveError('film-too-large', refusal ?? 'This film is too large.');
    try {
      return await make({ ...judged, budget });
    } catch (error) {
      if (!(error instanceof ShotweaveError && error.code === 'gpu-out-of-memory')) throw error;
      onOutOfMemory(budget.bytes);
      full = error;
      room = budget.bytes - 1;
    }
  }
}
