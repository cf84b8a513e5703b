import { useRef, useState } from 'react';
import type { FilmGeometry } from '../../plan/types.ts';
import { legalSeconds, rollCut } from '../lengths.ts';
import { storyboard } from '../useStoryboard.ts';

/** The end of a clip, which makes it longer or shorter, or its start, which moves the cut before it. */
export type Edge = 'start' | 'end';

interface Trim {
  shotId: string;
  edge: Edge;
  startX: number;
  /** Shots whose lengths change, with those that they had: the one at hand, and before it the one that its cut is with. */
  lengths: readonly { id: string; seconds: number; latentFrames: number }[];
  /** The scale at the start: a clip must not run from under the pointer because the film got shorter. */
  scale: number;
}

/** Drags an edge of a clip to legal lengths. The whole drag is one undo step; one that is given up is none. */
export function useTrim({ shots, fps }: FilmGeometry, temporal: number, scale: number) {
  const [trim, setTrim] = useState<Trim | null>(null);
  const before = useRef<ReturnType<typeof present>>(null);
  const { setLengths, endStep, select, undo } = storyboard.actions;

  return {
    trim,
    /** Which edge of a shot follows the pointer; null for neither. */
    edgeOf(shotId: string): Edge | null {
      if (!trim?.lengths.some(({ id }) => id === shotId)) return null;
      // Of the shot before the cut it is the end.
      return shotId === trim.shotId ? trim.edge : 'end';
    },
    start(shotId: string, edge: Edge, x: number): void {
      const index = shots.findIndex(({ id }) => id === shotId);
      const touched = shots.slice(edge === 'start' ? Math.max(index - 1, 0) : index, index + 1);
      if (index < 0) return;
      endStep();
      select(shotId);
      before.current = present();
      const lengths = touched.map(({ id, seconds, latent }) => ({ id, seconds, latentFrames: latent.count }));
      setTrim({ shotId, edge, startX: x, lengths, scale });
    },
    move(x: number): void {
      if (!trim) return;
      const dragged = Math.round((x - trim.startX) / (trim.scale * temporal));
      const [first, second] = trim.lengths;
      if (first && second) {
        const [a, b] = rollCut([first.seconds, second.seconds], dragged, fps, temporal);
        setLengths(
          new Map([
            [first.id, a],
            [second.id, b],
          ]),
        );
      } else if (first) {
        const seconds = legalSeconds(first.latentFrames + dragged, fps, temporal);
        setLengths(new Map([[first.id, seconds]]));
      }
    },
    finish(): void {
      setTrim(null);
      endStep();
    },
    giveUp(): void {
      setTrim(null);
      if (!before.current) return;
      const { document, history } = before.current;
      if (storyboard.getState().document === document) return;
      undo();
      // Nothing of the drag is left to redo, and what could be redone before it can be again.
      if (storyboard.getState().document === document) storyboard.temporal.setState(history);
    },
  };
}

/** The document with its undo steps. */
function present() {
  const { pastStates, futureStates } = storyboard.temporal.getState();
  // Undoing takes steps out of the lists themselves.
  const history = { pastStates: [...pastStates], futureStates: [...futureStates] };
  return { document: storyboard.getState().document, history };
}
