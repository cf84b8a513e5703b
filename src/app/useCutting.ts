import { mapFrame } from '../film/player/mapFrame.ts';
import { playhead } from '../film/player/usePlayer.ts';
import { latentFramesOf } from '../plan/geometry.ts';
import { mergeAt, splitAt } from '../storyboard/cuts.ts';
import { limits } from '../storyboard/document.ts';
import { legalSeconds, rollCut } from '../storyboard/lengths.ts';
import { selectedShot } from '../storyboard/store.ts';
import { useGeometry, useModel } from '../storyboard/studioModel.ts';
import { storyboard, useStoryboard } from '../storyboard/useStoryboard.ts';
import { notify } from './notices.ts';
import { useShown } from './useShown.ts';

/** Edits of the cut, each one undo step; one that cannot be is told in a notice. */
export interface Cutting {
  /** Splits the shot under the playhead. */
  split(): void;
  /** Splits the shot that has this frame of the edited cut. */
  splitAtFrame(frame: number): void;
  /** Merges the selected shot with the next. */
  merge(): void;
  /** Makes the selected shot so many latent frames longer, or shorter. */
  trim(latentFrames: number): void;
  /** Moves the cut before the selected shot by so many latent frames. */
  roll(latentFrames: number): void;
}

export function useCutting(): Cutting {
  const { temporal } = useModel().config.ae;
  const edited = useGeometry();
  const shown = useShown()?.geometry;
  const origins = useStoryboard((state) => state.origins);

  function splitAtFrame(frame: number): void {
    if (!edited) return;
    const split = splitAt(frame, edited, temporal);
    if (!split.ok) {
      notify('done', split.sentence);
    } else if (storyboard.actions.splitShot(split.cut.shotId, split.cut.seconds) === null) {
      notify('done', `A film has at most ${limits.shots} shots: merge or delete some to split one.`);
    }
  }

  return {
    split() {
      if (!edited || !shown) return;
      const frame = mapFrame(playhead.getState().frame, shown.shots, edited.shots, origins);
      if (frame === null) {
        notify(
          'done',
          'The shot on the stage is no longer in the storyboard: move the playhead to one that is.',
        );
        return;
      }
      splitAtFrame(frame);
    },
    splitAtFrame,
    merge() {
      const state = storyboard.getState();
      const merge = mergeAt(selectedShot(state).index, state.document, temporal);
      if (merge.ok) storyboard.actions.mergeShot(merge.cut.shotId, merge.cut.seconds);
      else notify('done', merge.sentence);
    },
    trim(latentFrames) {
      const state = storyboard.getState();
      const { fps } = state.document;
      const { shot } = selectedShot(state);
      const seconds = legalSeconds(latentFramesOf(shot.seconds, fps, temporal) + latentFrames, fps, temporal);
      const { editShot, endStep } = storyboard.actions;
      endStep();
      editShot(shot.id, { seconds });
      endStep();
    },
    roll(latentFrames) {
      const state = storyboard.getState();
      const { shots, fps } = state.document;
      const { shot, index } = selectedShot(state);
      const before = shots[index - 1];
      if (!before) {
        notify('done', 'Shot 1 has no cut before it: select a later shot to move its cut.');
        return;
      }
      const [first, second] = rollCut([before.seconds, shot.seconds], latentFrames, fps, temporal);
      const { setLengths, endStep } = storyboard.actions;
      endStep();
      setLengths(
        new Map([
          [before.id, first],
          [shot.id, second],
        ]),
      );
      endStep();
    },
  };
}
