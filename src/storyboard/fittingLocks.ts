import type { Storyboard } from './document.ts';

/** Whole latent frames that a model makes of so many seconds. */
export type LatentFramesOf = (seconds: number, fps: number) => number;

/**
 * The edited storyboard, where a shot that was locked before the edit is locked as long as its pictures fit: it has
 * as many latent frames as before, and the film has the same size and model. An edit in several moves, such as a drag,
 * is judged by its beginning and its end, so that a shot which is back at its length has its lock back.
 */
export function keepFittingLocks(
  before: Storyboard,
  edited: Storyboard,
  latentFrames: LatentFramesOf,
): Storyboard {
  const sameSize =
    before.width === edited.width && before.height === edited.height && before.model === edited.model;
  const locked = new Map(before.shots.filter((shot) => shot.locked).map((shot) => [shot.id, shot]));
  if (locked.size === 0) return edited;
  const shots = edited.shots.map((shot) => {
    const was = locked.get(shot.id);
    if (!was) return shot;
    const fits = sameSize && latentFrames(was.seconds, before.fps) === latentFrames(shot.seconds, edited.fps);
    return fits === shot.locked ? shot : { ...shot, locked: fits };
  });
  return { ...edited, shots };
}
