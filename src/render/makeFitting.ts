import { ShotweaveError } from '../lib/errors.ts';
import type { FilmBudget } from '../plan/filmBudget.ts';
import { type JudgedFilm, judgeFilm } from './judgeFilm.ts';

/** A film that fits, as far as it is known. */
export type FittingFilm = JudgedFilm & { budget: FilmBudget };

/**
 * Makes a film as it was judged to fit. Where the GPU turns out to have no room for it after all, it is made with
 * smaller weights, as long as there are any; `onOutOfMemory` is then told of the bytes that were too many.
 * Rejects with `film-too-large`, with `gpu-out-of-memory` when nothing smaller is left, and with what `make` throws.
 */
export async function makeFitting<T>(
  [storyboard, facts, memory]: Parameters<typeof judgeFilm>,
  make: (film: FittingFilm) => Promise<T>,
  onOutOfMemory: (bytes: number) => void,
): Promise<T> {
  let film = judgeFilm(storyboard, facts, memory);
  for (;;) {
    const { budget, refusal } = film;
    if (!budget) throw new ShotweaveError('film-too-large', refusal ?? 'This film is too large.');
    try {
      return await make({ ...film, budget });
    } catch (error) {
      if (!(error instanceof ShotweaveError && error.code === 'gpu-out-of-memory')) throw error;
      const smaller = judgeFilm(storyboard, facts, { ...memory, room: budget.bytes - 1 });
      // With nothing smaller to try, the next time may find more room: other tabs may have taken it.
      if (!smaller.budget) throw error;
      onOutOfMemory(budget.bytes);
      film = smaller;
    }
  }
}
