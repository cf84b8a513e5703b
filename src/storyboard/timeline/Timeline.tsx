import { type PointerEvent, type ReactNode, useRef, useState } from 'react';
import { mapFrame, shotAt } from '../../film/player/mapFrame.ts';
import { playhead } from '../../film/player/usePlayer.ts';
import type { FilmGeometry } from '../../plan/types.ts';
import controls from '../../ui/controls.module.css';
import { useElementWidth } from '../../ui/useElementWidth.ts';
import { cutFrameNear } from '../cuts.ts';
import { useModel } from '../studioModel.ts';
import { storyboard, useStoryboard } from '../useStoryboard.ts';
import { Clip } from './Clip.tsx';
import { CutMarker } from './CutMarker.tsx';
import type { Making } from './making.ts';
import { cutOfPlace } from './order.ts';
import { PlayheadMarker } from './PlayheadMarker.tsx';
import { RangeMarker } from './RangeMarker.tsx';
import { Ruler } from './Ruler.tsx';
import { pixelsPerFrame } from './scale.ts';
import styles from './Timeline.module.css';
import { Tools } from './Tools.tsx';
import { useReorder } from './useReorder.ts';
import { useTrackKeys } from './useTrackKeys.ts';
import { useTrim } from './useTrim.ts';
import { useZoom } from './useZoom.ts';
import { useTimelineView } from './view.ts';

interface TimelineProps {
  /** The cut that is edited. */
  edited: FilmGeometry;
  /** The cut that the stage shows. */
  shown: FilmGeometry;
  making: Making | null;
  onSplit: () => void;
  /** Splits at a frame of the edited cut. */
  onBlade: (frame: number) => void;
  onMerge: () => void;
  /** What lies under the clips, given the pixels a frame. */
  lane?: (scale: number) => ReactNode;
}

/** The shots in time: scrub on the ruler, select, move, trim and cut on the clips. */
export function Timeline({ edited, shown, making, onSplit, onBlade, onMerge, lane }: TimelineProps) {
  const { temporal } = useModel().config.ae;
  const origins = useStoryboard((state) => state.origins);
  const zoom = useTimelineView((state) => state.zoom);
  const blade = useTimelineView((state) => state.tool === 'blade');
  const view = useRef<HTMLDivElement>(null);
  const track = useRef<HTMLDivElement>(null);
  const viewWidth = useElementWidth(view);
  const fitted = pixelsPerFrame(viewWidth, edited.frames, zoom);
  const trimming = useTrim(edited, temporal, fitted);
  const scale = trimming.trim?.scale ?? fitted;
  const reorder = useReorder(edited.shots, scale, track);
  const scrubbing = useRef(false);
  const [bladeFrame, setBladeFrame] = useState<number | null>(null);
  useZoom(view, scale);

  function frameAt(event: PointerEvent): number {
    const left = track.current?.getBoundingClientRect().left ?? 0;
    const frame = Math.floor((event.clientX - left) / scale);
    return Math.min(Math.max(frame, 0), edited.frames - 1);
  }

  function scrub(event: PointerEvent): void {
    const frame = frameAt(event);
    const target = mapFrame(frame, edited.shots, shown.shots, origins);
    // A film that plays on would take the playhead along.
    playhead.actions.pause();
    if (target !== null) playhead.actions.seek(target);
    const shot = shotAt(frame, edited.shots);
    if (event.type === 'pointerdown' && shot) storyboard.actions.select(shot.id);
  }

  function onPointerDown(event: PointerEvent<HTMLElement>): void {
    if (event.button !== 0 || !(event.target instanceof Element)) return;
    const clip = event.target.closest<HTMLElement>('[data-shot]');
    const shotId = clip?.dataset.shot;
    event.currentTarget.setPointerCapture(event.pointerId);
    // The press that follows would take the focus away again.
    if (clip) event.preventDefault();
    focusClip(clip);
    const edge = event.target.closest<HTMLElement>('[data-trim]')?.dataset.trim;
    if (shotId !== undefined && (edge === 'start' || edge === 'end')) {
      trimming.start(shotId, edge, event.clientX);
    } else if (shotId !== undefined && blade) {
      onBlade(frameAt(event));
    } else {
      scrubbing.current = shotId === undefined;
      scrub(event);
      if (shotId === undefined) return;
      reorder.press(shotId, event.clientX);
    }
  }

  function onPointerMove(event: PointerEvent<HTMLElement>): void {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) {
      followEdge(event);
      if (scrubbing.current) scrub(event);
      else if (trimming.trim) trimming.move(event.clientX);
      else reorder.drag(event.clientX);
    } else if (blade) {
      const overClip = event.target instanceof Element && event.target.closest('[data-shot]') !== null;
      setBladeFrame(overClip ? cutFrameNear(frameAt(event), edited, temporal) : null);
    }
  }

  /** A drag to the edge of the view brings what lies behind it into sight. */
  function followEdge({ clientX }: PointerEvent): void {
    const { current } = view;
    if (!current || trimming.trim) return;
    const { left, right } = current.getBoundingClientRect();
    if (clientX < left + edge) current.scrollLeft -= edge;
    if (clientX > right - edge) current.scrollLeft += edge;
  }

  function finish(): void {
    if (trimming.trim) trimming.finish();
    scrubbing.current = false;
    reorder.putDown();
  }

  function giveUp(): void {
    if (trimming.trim) trimming.giveUp();
    scrubbing.current = false;
    reorder.giveUp();
  }

  const { moving } = reorder;
  useTrackKeys(track, {
    onEscape() {
      if (!trimming.trim && !moving) return false;
      giveUp();
      return true;
    },
    onClipKey: reorder.takeKey,
    onLeave: reorder.giveUp,
  });
  const cut = moving && cutOfPlace(edited.shots, moving.from, moving.place);

  return (
    <section className={styles.timeline} aria-label="Timeline">
      <div ref={view} className={styles.view} data-tool={blade ? 'blade' : 'select'}>
        <div
          ref={track}
          className={styles.track}
          style={{ width: edited.frames * scale }}
          onPointerDown={onPointerDown}
          onPointerMove={onPointerMove}
          onPointerUp={finish}
          onPointerCancel={giveUp}
          onPointerLeave={() => setBladeFrame(null)}
        >
          <Ruler frames={edited.frames} fps={edited.fps} scale={scale} />
          <ol className={styles.clips} aria-label="Clips">
            {edited.shots.map((span) => (
              <Clip
                key={span.id}
                span={span}
                scale={scale}
                aspect={edited.width / edited.height}
                making={making}
                trimmed={trimming.edgeOf(span.id)}
                moving={moving?.shotId === span.id}
              />
            ))}
          </ol>
          {lane?.(scale)}
          {cut !== null && <CutMarker x={cut * scale} kind="place" />}
          {blade && bladeFrame !== null && <CutMarker x={bladeFrame * scale} kind="blade" />}
          <RangeMarker shown={shown} edited={edited} scale={scale} track={track} />
          <PlayheadMarker shown={shown} edited={edited} scale={scale} view={view} />
        </div>
      </div>
      <Tools onSplit={onSplit} onMerge={onMerge} />
      <p id="clip-keys" className={controls.hidden}>
        Press Enter to pick the clip up, the arrow keys to move it, Enter to put it down, Escape to leave it
        where it was.
      </p>
      <p className={controls.hidden} role="status" aria-live="polite">
        {reorder.words}
      </p>
    </section>
  );
}

/** Keys such as Escape go to what is dragged. */
function focusClip(clip: HTMLElement | null): void {
  clip?.querySelector('button')?.focus({ preventScroll: true });
}

/** How near the edge a drag scrolls, and how far each time, in pixels. */
const edge = 24;
