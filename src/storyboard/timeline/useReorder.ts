import { type RefObject, useRef, useState } from 'react';
import type { ShotSpan } from '../../plan/types.ts';
import { storyboard } from '../useStoryboard.ts';
import { placeAt, shiftToPlace } from './order.ts';

/** A clip on its way to another place. */
export interface Moving {
  shotId: string;
  /** Place that it has until it is put down. */
  from: number;
  /** Place that it would get now. */
  place: number;
}

interface Press {
  shotId: string;
  x: number;
}

/** A press that moves less is a click. */
const dragDistance = 5;

/**
 * Moves clips, dragged or by keys. The document changes when the clip is put down, as one undo step; until then only
 * the clip itself is drawn elsewhere, past React.
 */
export function useReorder(shots: readonly ShotSpan[], scale: number, track: RefObject<HTMLElement | null>) {
  const [moving, setMoving] = useState<Moving | null>(null);
  const [words, setWords] = useState('');
  const press = useRef<Press | null>(null);
  /** `moving` as it is at once, for events that come before the next render. */
  const held = useRef<Moving | null>(null);

  function hold(next: Moving | null): void {
    held.current = next;
    setMoving(next);
  }

  function placeOf(shotId: string): number {
    return shots.findIndex(({ id }) => id === shotId);
  }

  function clipOf(shotId: string): HTMLElement | null {
    return track.current?.querySelector<HTMLElement>(`[data-shot="${CSS.escape(shotId)}"]`) ?? null;
  }

  function drawAt(shotId: string, x: number | null): void {
    const clip = clipOf(shotId);
    if (clip) clip.style.translate = x === null ? '' : `${x}px 0`;
  }

  function carryTo(shotId: string, place: number): void {
    if (held.current?.shotId === shotId && held.current.place === place) return;
    hold({ shotId, from: placeOf(shotId), place });
  }

  /** Ends the move; returns what was moved. */
  function letGo(): Moving | null {
    const { current } = held;
    press.current = null;
    if (current) {
      drawAt(current.shotId, null);
      hold(null);
    }
    return current;
  }

  function putDown(): void {
    const moved = letGo();
    if (!moved) return;
    storyboard.actions.moveShot(moved.shotId, moved.place);
    setWords(`Put down at place ${moved.place + 1}.`);
    // An element that changes its place among the others loses the focus.
    requestAnimationFrame(() =>
      clipOf(moved.shotId)?.querySelector('button')?.focus({ preventScroll: true }),
    );
  }

  function giveUp(): void {
    const moved = letGo();
    if (moved) setWords(`Shot ${moved.from + 1} stays where it was.`);
  }

  function moveByKey(current: Moving, by: number): void {
    const place = Math.min(Math.max(current.place + by, 0), shots.length - 1);
    carryTo(current.shotId, place);
    drawAt(current.shotId, shiftToPlace(shots, current.from, place) * scale);
    setWords(`Over place ${place + 1}.`);
  }

  return {
    moving,
    /** What a screen reader is told. */
    words,
    press(shotId: string, x: number): void {
      press.current = { shotId, x };
    },
    drag(x: number): void {
      if (!press.current) return;
      const { shotId, x: start } = press.current;
      if (!held.current && Math.abs(x - start) < dragDistance) return;
      const from = placeOf(shotId);
      if (from < 0) return;
      drawAt(shotId, x - start);
      carryTo(shotId, placeAt(shots, from, (x - start) / scale));
    },
    putDown,
    giveUp,
    /** Enter picks a clip up and puts it down, the arrows move it, Escape leaves it where it was; false for other keys. */
    takeKey(key: string, shotId: string): boolean {
      const command = keyCommand(key, shotId);
      command?.();
      return command !== undefined;
    },
  };

  function keyCommand(key: string, shotId: string): (() => void) | undefined {
    const { current } = held;
    if (!current) {
      if (key !== 'Enter') return undefined;
      return () => {
        carryTo(shotId, placeOf(shotId));
        setWords(`Picked up shot ${placeOf(shotId) + 1}.`);
      };
    }
    switch (key) {
      case 'ArrowLeft':
      case 'ArrowUp':
        return () => moveByKey(current, -1);
      case 'ArrowRight':
      case 'ArrowDown':
        return () => moveByKey(current, 1);
      case 'Enter':
      case ' ':
        return putDown;
      case 'Escape':
        return giveUp;
      default:
        return undefined;
    }
  }
}
