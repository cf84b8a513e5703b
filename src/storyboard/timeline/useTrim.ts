import { type PointerEvent, useState } from 'react';
import type { ShotSpan } from '../../plan/types.ts';
import { legalSeconds } from '../lengths.ts';
import { storyboard } from '../useStoryboard.ts';

interface Trim {
  shotId: string;
  startX: number;
  startLatentFrames: number;
  /** The scale at the start: a clip must not run from under the pointer because the film got shorter. */
  scale: number;
}

interface TrimFilm {
  fps: number;
  /** Frames a latent frame. */
  temporal: number;
  /** Pixels a frame. */
  scale: number;
}

/** Drags the end of a clip to legal lengths; the whole drag is one undo step. */
export function useTrim({ fps, temporal, scale }: TrimFilm) {
  const [trim, setTrim] = useState<Trim | null>(null);

  function finish(): void {
    setTrim(null);
    storyboard.actions.endStep();
  }

  const handlers = (shot: ShotSpan) => ({
    onPointerDown(event: PointerEvent<HTMLElement>) {
      if (event.button !== 0) return;
      event.stopPropagation();
      event.currentTarget.setPointerCapture(event.pointerId);
      storyboard.actions.endStep();
      storyboard.actions.select(shot.id);
      setTrim({
        shotId: shot.id,
        startX: event.clientX,
        startLatentFrames: shot.latent.count,
        scale,
      });
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      if (trim?.shotId !== shot.id) return;
      const dragged = Math.round((event.clientX - trim.startX) / (trim.scale * temporal));
      storyboard.actions.editShot(shot.id, {
        seconds: legalSeconds(trim.startLatentFrames + dragged, fps, temporal),
      });
    },
    onPointerUp: finish,
    onPointerCancel: finish,
  });

  return { handlers, trimmed: trim };
}
