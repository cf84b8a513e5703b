import { type KeyboardEvent, type PointerEvent, type RefObject, useRef } from 'react';
import { endOf, mapRange, withIn, withOut } from '../../film/player/range.ts';
import { timecode } from '../../film/player/timecode.ts';
import { playhead, usePlayhead } from '../../film/player/usePlayer.ts';
import type { FilmGeometry, Run } from '../../plan/types.ts';
import { useStoryboard } from '../useStoryboard.ts';
import styles from './RangeMarker.module.css';
import { inFrameAt, outFrameAt } from './rangeHandles.ts';
import { useKeptRange } from './useKeptRange.ts';

interface RangeMarkerProps {
  /** The cut that the stage shows; in and out points are frames of it. */
  shown: FilmGeometry;
  /** The cut that is edited. */
  edited: FilmGeometry;
  /** Pixels a frame. */
  scale: number;
  /** What frames are measured in. */
  track: RefObject<HTMLElement | null>;
}

/** The in point and the out point over the ruler, and what lies outside of them dimmed. */
export function RangeMarker({ shown, edited, scale, track }: RangeMarkerProps) {
  const documentId = useStoryboard((state) => state.documentId);
  const origins = useStoryboard((state) => state.origins);
  useKeptRange(documentId, shown, origins);
  const range = usePlayhead((state) => state.range);
  const fps = usePlayhead((state) => state.fps);
  const place = range && mapRange(range, shown.shots, edited.shots, origins);
  if (!range || !place) return null;

  const cuts = { edited, shown, origins };

  function xOf({ clientX }: PointerEvent): number {
    return clientX - (track.current?.getBoundingClientRect().left ?? 0);
  }

  const words = `${timecode(range.start, fps)} – ${timecode(endOf(range), fps)}`;
  return (
    <>
      <div className={styles.outside} style={{ left: 0, width: place.start * scale }} />
      <div className={styles.outside} style={{ left: endOf(place) * scale, right: 0 }} />
      <div
        className={styles.band}
        style={{ left: place.start * scale, width: place.count * scale }}
        title={`In and out: ${words}. I and O move them, Alt X takes them away.`}
      >
        <span className={styles.words}>{words}</span>
      </div>
      <Handle
        side="in"
        x={place.start * scale}
        frame={range.start}
        frames={shown.frames}
        fps={fps}
        frameUnder={(event) => inFrameAt(xOf(event), scale, cuts)}
        onFrame={(frame) => moveIn(range, frame)}
      />
      <Handle
        side="out"
        x={endOf(place) * scale}
        frame={endOf(range) - 1}
        frames={shown.frames}
        fps={fps}
        frameUnder={(event) => outFrameAt(xOf(event), scale, cuts)}
        onFrame={(frame) => moveOut(range, frame)}
      />
    </>
  );
}

/** The in point stops at the out point, and the other way round. */
function moveIn(range: Run, frame: number): void {
  const last = endOf(range) - 1;
  playhead.actions.setRange(withIn(range, Math.min(Math.max(frame, 0), last), endOf(range)));
}

function moveOut(range: Run, frame: number): void {
  playhead.actions.setRange(withOut(range, Math.max(frame, range.start)));
}

interface HandleProps {
  side: 'in' | 'out';
  x: number;
  /** First or last frame of the range. */
  frame: number;
  /** Of the film on the stage. */
  frames: number;
  fps: number;
  frameUnder: (event: PointerEvent) => number | null;
  onFrame: (frame: number) => void;
}

function Handle({ side, x, frame, frames, fps, frameUnder, onFrame }: HandleProps) {
  const held = useRef(false);

  function onKeyDown(event: KeyboardEvent): void {
    const stride = event.shiftKey ? fps : 1;
    if (event.key === 'ArrowLeft') onFrame(frame - stride);
    else if (event.key === 'ArrowRight') onFrame(Math.min(frame + stride, frames - 1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div
      className={styles.handle}
      style={{ left: x }}
      data-side={side}
      role="slider"
      tabIndex={0}
      aria-label={side === 'in' ? 'In point' : 'Out point'}
      aria-valuemin={0}
      aria-valuemax={frames - 1}
      aria-valuenow={frame}
      aria-valuetext={timecode(frame, fps)}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        held.current = true;
      }}
      onPointerMove={(event) => {
        if (!held.current) return;
        event.stopPropagation();
        const target = frameUnder(event);
        if (target !== null) onFrame(target);
      }}
      onPointerUp={() => {
        held.current = false;
      }}
      onPointerCancel={() => {
        held.current = false;
      }}
    />
  );
}
