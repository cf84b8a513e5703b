import { useShallow } from 'zustand/react/shallow';
import { type Carried, type CarryWords, carriedColours } from '../model/carry.ts';
import type { Shot } from './document.ts';
import { useModel } from './studioModel.ts';
import { useStoryboard } from './useStoryboard.ts';

interface CarriedToShot {
  /** The colour that the shot leaves out and an earlier one says. */
  carried: Carried | null;
  /** Whether the film gives it to the shot. */
  carries: boolean;
}

/** The colour that a shot has from an earlier one. Draws anew only when that changes, not with every prompt. */
export function useCarried(index: number): CarriedToShot {
  const words = useModel().config.carry;
  const carried = useStoryboard(
    useShallow(({ document }) => (words ? (carriedTo(document.shots, words)[index] ?? null) : null)),
  );
  const carries = useStoryboard(({ document }) => document.carry !== false);
  return { carried, carries };
}

/** What the model reads in a shot's prompt beside what is written there. */
export function useReadBeside(index: number): Carried | null {
  const { carried, carries } = useCarried(index);
  return carries ? carried : null;
}

const known = new WeakMap<readonly Shot[], { words: CarryWords; carried: (Carried | null)[] }>();

/** `carriedColours` of shots, which all their cards ask for: found once for each state of the storyboard. */
function carriedTo(shots: readonly Shot[], words: CarryWords): readonly (Carried | null)[] {
  const before = known.get(shots);
  if (before?.words === words) return before.carried;
  const carried = carriedColours(
    shots.map(({ prompt }) => prompt),
    words,
  );
  known.set(shots, { words, carried });
  return carried;
}
