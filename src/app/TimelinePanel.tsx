import { useMemo } from 'react';
import { useGeometry } from '../storyboard/studioModel.ts';
import type { Making } from '../storyboard/timeline/making.ts';
import { Timeline } from '../storyboard/timeline/Timeline.tsx';
import type { Job } from './generation.ts';
import { GroupLane } from './router/GroupLane.tsx';
import { useCutting } from './useCutting.ts';
import { useShown } from './useShown.ts';

export function TimelinePanel() {
  const edited = useGeometry();
  const shown = useShown();
  const job = shown && shown.kind !== 'film' ? shown.job : null;
  const making = useMemo(() => job && makingOf(job), [job]);
  const { split, splitAtFrame, merge } = useCutting();
  if (!edited || !shown) return null;
  return (
    <Timeline
      edited={edited}
      shown={shown.geometry}
      making={making}
      onSplit={split}
      onBlade={splitAtFrame}
      onMerge={merge}
      lane={(scale) => <GroupLane edited={edited} scale={scale} />}
    />
  );
}

function makingOf({ geometry, steps, progress, held }: Job): Making {
  return {
    steps,
    step: progress?.step ?? 0,
    decodedLatentFrames: progress?.decodedLatentFrames ?? 0,
    // A shot that stays as it is does not form.
    latentOf: new Map(geometry.shots.filter(({ id }) => !held.has(id)).map(({ id, latent }) => [id, latent])),
  };
}
