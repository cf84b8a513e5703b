import type { FilmJob } from '../engine/generate.ts';
import type { Motion, ShotMotion, SubjectPath } from '../engine/motion.ts';
import { shotSeed } from '../engine/noise.ts';
import { type CameraMove, cameraMoveOf } from '../model/camera.ts';
import type { ModelConfig } from '../model/config.ts';
import { type SubjectWay, subjectWays } from '../model/ways.ts';
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
  config: Pick<ModelConfig, 'sampler' | 'camera' | 'carry' | 'ways' | 'ae'>,
): FilmJob & Required<Pick<FilmJob, 'solver'>> {
  const { seed, shots, attention, shift } = storyboard;
  const { solver, steps, guidance, guidanceEvery } = samplingOf(storyboard, config.sampler);
  return {
    plan,
    ...prompts,
    seeds: shots.map((shot, index) => shotSeed(seed, shot, index)),
    motions: motionsOf(storyboard, plan, config),
    attention,
    solver,
    steps,
    guidance,
    guidanceEvery,
    ...(shift !== undefined && { shift }),
  };
}

/** What moves in every shot of a plan, as its prompt has it. */
function motionsOf(
  { look, shots }: Storyboard,
  { geometry }: FilmPlan,
  { camera, carry, ways, ae }: Pick<ModelConfig, 'camera' | 'carry' | 'ways' | 'ae'>,
): (ShotMotion | null)[] {
  const prompts = shots.map(({ prompt }) => prompt);
  const subjects = subjectWays(prompts, { carry, ways });
  return geometry.shots.map(({ index, seconds, latent }) => {
    const move = cameraMoveOf({ look, prompt: prompts[index] ?? '' }, camera);
    const way = subjects[index] ?? null;
    if (!move && !way) return null;
    const time = { frames: latent.count, seconds, secondsPerFrame: ae.temporal / geometry.fps };
    const moved = move && motionOf(move, time);
    return { camera: moved, subject: way && pathOf(way, moved, time) };
  });
}

/** A shot's length, in latent frames and in seconds. */
interface ShotTime {
  frames: number;
  seconds: number;
  secondsPerFrame: number;
}

/** A move of the camera through a shot, by latent frames. */
function motionOf(move: CameraMove, { seconds, secondsPerFrame }: ShotTime): Motion {
  const pace = Math.min(1, move.seconds / seconds) * secondsPerFrame;
  return { right: move.right * pace, down: move.down * pace, nearer: move.nearer * pace };
}

/** A subject's way through a shot, in whose middle it is in the middle of the picture, and with the camera at last. */
function pathOf({ way, size, shape }: SubjectWay, camera: Motion | null, time: ShotTime): SubjectPath {
  const { frames, seconds, secondsPerFrame } = time;
  const right = way.right * Math.min(size.across, size.most_across / seconds) * secondsPerFrame;
  const down = way.down * Math.min(size.up, size.most_up / seconds) * secondsPerFrame;
  const half = (frames - 1) / 2;
  return {
    x: 0.5 - right * half,
    y: shape.y - down * half,
    right: right + (camera?.right ?? 0),
    down: down + (camera?.down ?? 0),
    width: shape.width,
    height: shape.height,
  };
}
