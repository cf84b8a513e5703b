import type { Run } from './types.ts';

/** Cuts a run into `pieces` runs whose counts differ by at most one. */
export function cutEvenly(run: Run, pieces: number): Run[] {
  return Array.from({ length: pieces }, (_, piece) => {
    const start = run.start + Math.floor((run.count * piece) / pieces);
    const end = run.start + Math.floor((run.count * (piece + 1)) / pieces);
    return { start, count: end - start };
  });
}
