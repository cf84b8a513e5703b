import { useRef, useState } from 'react';
import type { FilmGeometry } from '../../plan/types.ts';
import { legalSeconds } from '../lengths.ts';
import { storyboard } from '../useStoryboard.ts';

interface Trim {
  shotId: string;
  startX: number;
  startLatentFrames: number;
  /** The scale at the start: a clip must not run from under the pointer because the film got shorter. */
  scale: number;
}

/** Drags the end of a clip to legal lengths. The whole drag is one undo step; one that is given up is none. */
export function useTrim({ shots, fps }: FilmGeometry, temporal: number, scale: number) {
  const [trim, setTrim] = useState<Trim | null>(null);
  /** The document before the drag. */
  const before = useRef(storyboard.getState().document);

  return {
    trim,
    start(shotId: string, x: number): void {
      const shot = shots.find(({ id }) => id === shotId);
      if (!shot) return;
      storyboard.actions.endStep();
      storyboard.actions.select(shotId);
      before.current = storyboard.getState().document;
      setTrim({ shotId, startX: x, startLatentFrames: shot.latent.count, scale });
    },
    move(x: number): void {
      if (!trim) return;
      const dragged = Math.round((x - trim.startX) / (trim.scale * temporal));
      storyboard.actions.editShot(trim.shotId, {
        seconds: legalSeconds(trim.startLatentFrames + dragged, fps, temporal),
      });
    },
    finish(): void {
      setTrim(null);
      storyboard.actions.endStep();
    },
    giveUp(): void {
      setTrim(null);
      if (storyboard.getState().document !== before.current) storyboard.actions.undo();
    },
  };
}
