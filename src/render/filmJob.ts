import type { FilmJob } from '../engine/generate.ts';
import type { Motion } from '../engine/motion.ts';
import { shotSeed } from '../engine/noise.ts';
import { type CameraMove, cameraMoveOf } from '../model/camera.ts';
import type { ModelConfig } from '../model/config.ts';
import type { FilmPlan } from '../plan/index.ts';
import type { Storyboard } from '../storyboard/document.ts';
import { samplingOf } from '../storyboard/sampling.ts';
import type { EncodedPrompts } from './encodePrompts.ts';

/**
 * What a storyboard asks of the engine. The model fills in what the storyboard leaves to it: the solver here, the shift
 * in the engine, where it may depend on the film's length.
 */
export function filmJob(
  storyboard: Storyboard,
  plan: FilmPlan,
  prompts: EncodedPrompts,
  { sampler, camera, ae }: Pick<ModelConfig, 'sampler' | 'camera' | 'ae'>,
): FilmJob & Required<Pick<FilmJob, 'solver'>> {
  const { seed, look, shots, attention, shift } = storyboard;
  const { solver, steps, guidance, guidanceEvery } = samplingOf(storyboard, sampler);
  return {
    plan,
    ...prompts,
    seeds: shots.map((shot, index) => shotSeed(seed, shot, index)),
    motions: plan.geometry.shots.map(({ index, seconds }) => {
      const prompt = shots[index]?.prompt ?? '';
      return motionOf(cameraMoveOf({ look, prompt }, camera), seconds, ae.temporal / plan.geometry.fps);
    }),
    attention,
    solver,
    steps,
    guidance,
    guidanceEvery,
    ...(shift !== undefined && { shift }),
  };
}

/** A move of the camera through a shot of so many seconds, by latent frames. */
function motionOf(move: CameraMove | null, seconds: number, secondsPerFrame: number): Motion | null {
  if (!move) return null;
  const pace = Math.min(1, move.seconds / seconds) * secondsPerFrame;
  return { right: move.right * pace, down: move.down * pace, nearer: move.nearer * pace };
}
