import type { UnipcStep } from '../sampling/unipc.ts';

/** What UniPC remembers from step to step, value by value. */
export interface UnipcMemory {
  x: number[];
  /** Where the step before started from. */
  last: number[];
  /** The clean film that the step before expected, and the one before that. */
  old: number[];
  older: number[];
}

/** One step of UniPC from the velocity v at noise level sigma. */
export function unipcStep(
  { x, last, old, older }: UnipcMemory,
  v: ArrayLike<number>,
  sigma: number,
  { correct, predict }: UnipcStep,
): UnipcMemory {
  const clean = x.map((value, i) => value - sigma * (v[i] ?? Number.NaN));
  const at = (values: readonly number[], i: number): number => values[i] ?? Number.NaN;
  const corrected = x.map(
    (value, i) =>
      value * correct.fromX +
      at(last, i) * correct.fromLast +
      at(clean, i) * correct.now +
      at(old, i) * correct.old +
      at(older, i) * correct.older,
  );
  const next = corrected.map(
    (value, i) => value * predict.keep + at(clean, i) * predict.towards + at(old, i) * predict.away,
  );
  return { x: next, last: corrected, old: clean, older: old };
}
