import { type PointerEvent, useRef, useState } from 'react';
import { mapFrame, shotAt } from '../../film/player/mapFrame.ts';
import { playhead } from '../../film/player/usePlayer.ts';
import type { FilmGeometry } from '../../plan/types.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { useElementWidth } from '../../ui/useElementWidth.ts';
import { useModel } from '../studioModel.ts';
import { storyboard } from '../useStoryboard.ts';
import { Clip } from './Clip.tsx';
import type { Making } from './making.ts';
import { PlayheadMarker } from './PlayheadMarker.tsx';
import { Ruler } from './Ruler.tsx';
import { pixelsPerFrame } from './scale.ts';
import styles from './Timeline.module.css';
import { useTrim } from './useTrim.ts';

interface TimelineProps {
  /** The cut that is edited. */
  edited: FilmGeometry;
  /** The cut that the stage shows. */
  shown: FilmGeometry;
  making: Making | null;
  onSplit: () => void;
  onMerge: () => void;
}

const zoomSteps = [1, 1.5, 2, 3, 4, 6, 8] as const;

/** The shots in time: scrub, select, trim, split and merge. */
export function Timeline({ edited, shown, making, onSplit, onMerge }: TimelineProps) {
  const { temporal } = useModel().config.ae;
  const view = useRef<HTMLDivElement>(null);
  const track = useRef<HTMLDivElement>(null);
  const viewWidth = useElementWidth(view);
  const [zoom, setZoom] = useState(0);
  const fitted = pixelsPerFrame(viewWidth, edited.frames, zoomSteps[zoom] ?? 1);
  const { handlers, trimmed } = useTrim({ fps: edited.fps, temporal, scale: fitted });
  const scale = trimmed?.scale ?? fitted;

  function scrub(event: PointerEvent): void {
    const left = track.current?.getBoundingClientRect().left ?? 0;
    const frame = Math.floor((event.clientX - left) / scale);
    const inside = Math.min(Math.max(frame, 0), edited.frames - 1);
    const target = mapFrame(inside, edited.shots, shown.shots);
    if (target !== null) playhead.actions.seek(target);
    const shot = shotAt(inside, edited.shots);
    if (event.type === 'pointerdown' && shot) storyboard.actions.select(shot.id);
  }

  return (
    <section className={styles.timeline} aria-label="Timeline">
      <div ref={view} className={styles.view}>
        <div
          ref={track}
          className={styles.track}
          style={{ width: edited.frames * scale }}
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            scrub(event);
          }}
          onPointerMove={(event) => {
            if (event.currentTarget.hasPointerCapture(event.pointerId)) scrub(event);
          }}
        >
          <Ruler frames={edited.frames} fps={edited.fps} scale={scale} />
          <ol className={styles.clips}>
            {edited.shots.map((span) => (
              <Clip
                key={span.id}
                span={span}
                scale={scale}
                aspect={edited.width / edited.height}
                making={making}
                trimHandlers={handlers(span)}
              />
            ))}
          </ol>
          <PlayheadMarker shown={shown} edited={edited} scale={scale} view={view} />
        </div>
      </div>
      <div className={styles.tools}>
        <IconButton icon="split" label="Split at the playhead" onClick={onSplit} />
        <IconButton icon="merge" label="Merge with the next shot" onClick={onMerge} />
        <IconButton
          icon="minus"
          label="Zoom out"
          disabled={zoom === 0}
          onClick={() => setZoom((step) => step - 1)}
        />
        <IconButton
          icon="add"
          label="Zoom in"
          disabled={zoom === zoomSteps.length - 1}
          onClick={() => setZoom((step) => step + 1)}
        />
      </div>
    </section>
  );
}
