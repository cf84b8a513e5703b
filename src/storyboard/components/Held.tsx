import { type HTMLAttributes, type PointerEvent, useRef } from 'react';
import type { Point } from '../place.ts';

/** CSS pixels that a pointer may move before it drags: a click moves nothing. */
const threshold = 2;

interface HeldProps extends Omit<HTMLAttributes<HTMLDivElement>, 'role' | 'tabIndex'> {
  'aria-label': string;
  /** With its least and its greatest. */
  value: readonly [now: number, min: number, max: number];
  /** Told how far the pointer has taken it since it took hold, in CSS pixels. */
  onHeld: (by: Point, event: PointerEvent) => void;
  onDropped: () => void;
  /** Escape was pressed, or the browser took the pointer away. */
  onGivenUp: () => void;
}

/** Something to be dragged in two directions, or moved with keys. */
export function Held({ value, onHeld, onDropped, onGivenUp, onKeyDown, ...rest }: HeldProps) {
  const hold = useRef<{ pointer: number; x: number; y: number; moved: boolean } | null>(null);

  function give(up: boolean): void {
    const { current } = hold;
    hold.current = null;
    if (!current?.moved) return;
    if (up) onGivenUp();
    else onDropped();
  }

  return (
    <div
      {...rest}
      role="slider"
      aria-valuenow={value[0]}
      aria-valuemin={value[1]}
      aria-valuemax={value[2]}
      tabIndex={0}
      onPointerDown={(event) => {
        if (event.button !== 0 || hold.current) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        hold.current = { pointer: event.pointerId, x: event.clientX, y: event.clientY, moved: false };
      }}
      onPointerMove={(event) => {
        const { current } = hold;
        if (current?.pointer !== event.pointerId) return;
        const by = { x: event.clientX - current.x, y: event.clientY - current.y };
        current.moved ||= Math.hypot(by.x, by.y) > threshold;
        if (current.moved) onHeld(by, event);
      }}
      onPointerUp={() => give(false)}
      onPointerCancel={() => give(true)}
      onKeyDown={(event) => {
        if (hold.current) {
          // Nothing else while the pointer holds it.
          event.preventDefault();
          if (event.key === 'Escape') give(true);
          return;
        }
        onKeyDown?.(event);
      }}
    />
  );
}
