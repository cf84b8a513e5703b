import { memo } from 'react';
import { mapFrame } from '../../film/player/mapFrame.ts';
import { useCanvas } from '../../film/player/useCanvas.ts';
import { decodedFrames, latentFrameOf } from '../../plan/geometry.ts';
import type { FilmGeometry, ShotSpan } from '../../plan/types.ts';
import { useModel } from '../../storyboard/studioModel.ts';
import { useStoryboard } from '../../storyboard/useStoryboard.ts';
import { paint } from './drawGroups.ts';
import styles from './GroupLane.module.css';
import { countGroups, type RouterMap, tokensOfFrame } from './routerMap.ts';
import { useInspectorView } from './useInspector.ts';

interface GroupLaneProps {
  /** The cut that is edited. */
  edited: FilmGeometry;
  /** Pixels a frame. */
  scale: number;
}

/** Shares of the groups along the timeline: a stacked bar a latent frame. */
export function GroupLane({ edited, scale }: GroupLaneProps) {
  const shown = useInspectorView();
  if (shown?.status !== 'ready') return null;
  const { film, map, lit } = shown.view;
  return (
    <div className={styles.lane} role="img" aria-label="Shares of the groups over time">
      {edited.shots.map((shot) => (
        <ShotLane
          key={shot.id}
          shown={film.geometry}
          map={map}
          lit={lit}
          edited={edited}
          shot={shot}
          scale={scale}
        />
      ))}
    </div>
  );
}

const height = 18;
/** As between the clips. */
const gap = 3;
const dimmed = 0.22;

interface ShotLaneProps extends GroupLaneProps {
  /** The cut that the film has. */
  shown: FilmGeometry;
  map: RouterMap;
  lit: number | null;
  shot: ShotSpan;
}

/** Drawn anew for another map or light, not for every frame that is played. */
const ShotLane = memo(({ shown, map, lit, edited, shot, scale }: ShotLaneProps) => {
  const { temporal } = useModel().config.ae;
  const origins = useStoryboard((state) => state.origins);
  const width = Math.max(shot.frames.count * scale - gap, 4);

  const canvas = useCanvas(width, height, (context) => {
    const { start, count } = shot.latent;
    for (let latentFrame = start; latentFrame < start + count; latentFrame++) {
      const frames = decodedFrames({ start: latentFrame, count: 1 }, temporal);
      const frame = mapFrame(frames.start, edited.shots, shown.shots, origins);
      if (frame === null) continue;
      const tokens = tokensOfFrame(latentFrameOf(frame, temporal), shown.tokensPerFrame);
      // Whole pixels, so that neighbours leave no seam.
      const left = Math.round((frames.start - shot.frames.start) * scale);
      const right = Math.round((frames.start + frames.count - shot.frames.start) * scale);
      const column = { left, width: Math.min(right, width) - left };
      drawColumn(context, column, countGroups(map.group, tokens, map.groups), lit);
    }
  });

  return (
    <canvas ref={canvas} className={styles.shot} style={{ width, height, left: shot.frames.start * scale }} />
  );
});

function drawColumn(
  context: CanvasRenderingContext2D,
  column: { left: number; width: number },
  counts: readonly number[],
  lit: number | null,
): void {
  const tokens = counts.reduce((sum, count) => sum + count, 0);
  let above = 0;
  for (const [group, count] of counts.entries()) {
    const y = (above / tokens) * height;
    const share = (count / tokens) * height;
    const area = { x: column.left, y, width: column.width, height: share };
    paint(context, area, group, lit === null || lit === group ? 1 : dimmed);
    above += count;
  }
}
