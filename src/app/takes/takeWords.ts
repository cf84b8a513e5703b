import type { StoredTake } from '../../library/database.ts';

/** What was made anew in a take, and from which seed: "shot 2, seed 41"; null for a film made as a whole. */
export function rerolledWords({ rerolled, record }: Pick<StoredTake, 'rerolled' | 'record'>): string | null {
  const { shots, seed } = record.storyboard;
  const index = shots.findIndex(({ id }) => id === rerolled);
  return index < 0 ? null : `shot ${index + 1}, seed ${shots[index]?.seed ?? seed}`;
}
