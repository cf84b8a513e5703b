import { memo, useMemo } from 'react';
import { drawCover } from '../../film/player/drawCover.ts';
import type { Picture } from '../../film/player/stills.ts';
import { useCanvas } from '../../film/player/useCanvas.ts';
import { playhead, useStills } from '../../film/player/usePlayer.ts';
import type { FilmGeometry, ShotSpan } from '../../plan/types.ts';
import { useModel } from '../../storyboard/studioModel.ts';
import controls from '../../ui/controls.module.css';
import { drawGroups, greyOut } from './drawGroups.ts';
import { percent } from './percent.ts';
import { countOf, type RouterMap, tokensOfFrame } from './routerMap.ts';
import styles from './ShotMaps.module.css';
import { stillOfGroup } from './stillOfGroup.ts';
import type { RouterView } from './useInspector.ts';

const height = 66;

/** A still of every shot with its groups, or with the patches that share the lit one. */
export function ShotMaps({ view }: { view: RouterView }) {
  const { film, map, lit } = view;
  const pictures = useStills((state) => (state.documentId === film.documentId ? state.pictures : none));
  const { shots, width, height: filmHeight } = film.geometry;
  return (
    <ol className={styles.shots} aria-label="Groups by shot">
      {shots.map((shot) => (
        <ShotMap
          key={shot.id}
          geometry={film.geometry}
          map={map}
          lit={lit}
          shot={shot}
          pictures={pictures}
          width={Math.round((height * width) / filmHeight)}
          words={shotWords(map, shot, lit)}
        />
      ))}
    </ol>
  );
}

const none: readonly Picture[] = [];

interface ShotMapProps {
  geometry: FilmGeometry;
  map: RouterMap;
  lit: number | null;
  shot: ShotSpan;
  pictures: readonly Picture[];
  width: number;
  words: string;
}

/** Drawn anew for another map, light or picture, not for every frame that is played. */
const ShotMap = memo(({ geometry, map, lit, shot, pictures, width, words }: ShotMapProps) => {
  const { temporal } = useModel().config.ae;
  const { tokensPerFrame, grid } = geometry;
  const { latentFrame, frame, picture } = useMemo(
    () => stillOfGroup({ pictures, shot, group: map.group, lit, tokensPerFrame, temporal }),
    [pictures, shot, map, lit, tokensPerFrame, temporal],
  );
  const canvas = useCanvas(width, height, (context) => {
    const area = { x: 0, y: 0, width, height };
    if (picture) drawCover(context, picture, area);
    if (picture && lit === null) greyOut(context, area);
    const { start, count } = tokensOfFrame(latentFrame, tokensPerFrame);
    drawGroups(context, area, { ...grid, group: map.group.subarray(start, start + count), lit });
  });
  return (
    <li>
      <button
        type="button"
        className={styles.shot}
        aria-label={`Shot ${shot.index + 1}: ${words}`}
        title={lit === null ? 'Go to this picture' : 'Patches of the lit group, and their share of it'}
        onClick={() => {
          playhead.actions.pause();
          playhead.actions.seek(frame);
        }}
      >
        <canvas ref={canvas} className={styles.map} style={{ width, height }} />
        <span className={controls.numbers}>
          <b>{shot.index + 1}</b> {words}
        </span>
      </button>
    </li>
  );
});

/** How much of the lit group a shot has, or how many patches there are at all. */
function shotWords(map: RouterMap, { tokens }: ShotSpan, lit: number | null): string {
  if (lit === null) return `${tokens.count.toLocaleString('en')} patches`;
  const count = countOf(map.group, tokens, lit);
  const all = map.counts[lit] ?? 0;
  return `${count.toLocaleString('en')} · ${percent(all === 0 ? 0 : count / all)}`;
}
