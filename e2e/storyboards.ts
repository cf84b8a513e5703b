import { type Storyboard, storyboardSchema } from '../src/storyboard/document.ts';

/** Two shots of two latent frames each, small enough that a software adapter makes them in seconds. */
export const tinyFilm = { latentFrames: 4, frames: 13, secondsOfShot: 0.34 };

/** Milliseconds that making one may take where other work shares the processor; most go into compiling kernels. */
export const filmTimeout = 120_000;

/** A storyboard of such a film. */
export function tinyStoryboard(changes: Partial<Storyboard> = {}): Storyboard {
  const prompts = ['wide shot of a red sailboat on the sea at sunset', 'close up of the sailboat at night'];
  return storyboardSchema.parse({
    format: 'shotweave/storyboard',
    version: 1,
    title: 'Tiny film',
    width: 64,
    height: 64,
    fps: 24,
    seed: 7,
    steps: 2,
    guidance: 3.5,
    shots: prompts.map((prompt, index) => ({ id: `shot${index}`, prompt, seconds: tinyFilm.secondsOfShot })),
    ...changes,
  });
}
