import type { Mark } from '../engine/mark.ts';
import type { Motion } from '../engine/motion.ts';
import { uniform } from '../engine/noise.ts';
import { type CameraMove, cameraMoveOf } from '../model/camera.ts';
import type { ModelConfig } from '../model/config.ts';
import { type MarkWords, type SaidMark, saidMarks } from '../model/marks.ts';
import type { FilmGeometry } from '../plan/types.ts';
import type { Place, Storyboard } from '../storyboard/document.ts';

/** By shots; null where nothing moves, or no subject is spoken of. */
export interface Movement {
  said: (SaidMark | null)[];
  motions: (Motion | null)[];
  marks: (Mark | null)[];
}

/**
 * How the camera moves in every shot of a film, and where its subject is: as prompts have it, or as the person placed it.
 * What is left to chance goes by the shot itself: one that is locked stays where it is, whatever becomes of the film.
 */
export function movementOf(
  { look, shots }: Pick<Storyboard, 'look' | 'shots'>,
  geometry: Pick<FilmGeometry, 'width' | 'height' | 'fps' | 'shots'>,
  { camera, carry, marks: words, ae }: Pick<ModelConfig, 'camera' | 'carry' | 'marks' | 'ae'>,
): Movement {
  const prompts = shots.map(({ prompt }) => prompt);
  const aspect = geometry.width / geometry.height;
  const said = saidMarks({ look, prompts, aspect }, { carry, marks: words });
  const movements = geometry.shots.map(({ index, seconds, latent }) => {
    const shot = shots[index];
    const move = cameraMoveOf({ look, prompt: shot?.prompt ?? '' }, camera);
    const time = { frames: latent.count, seconds, secondsPerFrame: ae.temporal / geometry.fps };
    const motion = move && motionOf(move, time);
    const subject = said[index];
    if (!shot || !subject || !words) return { motion, mark: null };
    const aside = 2 * uniform(hashOf(shot.id) ^ (shot.seed ?? 0)) - 1;
    const mark = markOf(subject, words, motion, aside, time);
    return { motion, mark: shot.place ? placed(mark, shot.place, time) : mark };
  });
  return { said, motions: movements.map(({ motion }) => motion), marks: movements.map(({ mark }) => mark) };
}

/** A number for a text (Fowler, Noll and Vo's 1a). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash;
}

/** Where a mark is at the start of a shot of so many latent frames and at its end. */
export function placeOf(mark: Mark, frames: number): Place {
  const { x, y, right, down } = mark;
  const on = frames - 1;
  return { from: { x, y }, to: { x: x + right * on, y: y + down * on }, scale: 1 };
}

/** A mark that starts and ends where a person has put it. */
function placed(mark: Mark, { from, to, scale }: Place, { frames }: ShotTime): Mark {
  const on = Math.max(1, frames - 1);
  return {
    ...from,
    right: (to.x - from.x) / on,
    down: (to.y - from.y) / on,
    width: mark.width * scale,
    height: mark.height * scale,
    nearer: mark.nearer,
  };
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

/**
 * Where a subject is in a shot: about the middle of the picture when the shot is half over.
 *
 * @param aside How far to a side, from -1 to 1.
 */
function markOf(
  { way, size, shape }: SaidMark,
  words: MarkWords,
  camera: Motion | null,
  aside: number,
  { frames, seconds, secondsPerFrame }: ShotTime,
): Mark {
  const across = Math.min(size.across, size.most_across / seconds) * secondsPerFrame;
  const up = Math.min(size.up, size.most_up / seconds) * secondsPerFrame;
  const { pan, zoom } = words.under_camera;
  const nearer = zoom * (camera?.nearer ?? 0);
  const stands = way === null || way.down === 0;
  const right = (way?.right ?? 0) * across + pan * (camera?.right ?? 0);
  const down = (way?.down ?? 0) * up + pan * (camera?.down ?? 0) - (stands ? words.feet * nearer : 0);
  const half = (frames - 1) / 2;
  const smaller = Math.exp(-nearer * half);
  return {
    x: 0.5 + words.aside * aside - right * half,
    y: shape.y - down * half,
    right,
    down,
    width: shape.width * smaller,
    height: shape.height * smaller,
    nearer,
  };
}
