import type { StepChoices } from './router/capture.ts';

/** What the engine is at. */
export type Stage = 'text' | 'denoise' | 'decode';

/** One picture of the film, RGBA. */
export interface Picture {
  latentFrame: number;
  frame: number;
  rgba: Uint8ClampedArray<ArrayBuffer>;
}

export type FilmEvent =
  /** FLOPs done of a stage. */
  | { type: 'work'; stage: Stage; done: number; total: number }
  /** A step is over; `latents` reads the latent video after it, `choices` where its pass with the prompts sent tokens. */
  | {
      type: 'step';
      step: number;
      latents: () => Promise<Float32Array<ArrayBuffer>>;
      /** Reads what the film can go on from with the same bits, the latents first; null where the next step depends on more. */
      state: (() => Promise<Float32Array<ArrayBuffer>>) | null;
      /** null where nothing is routed. */
      choices: (() => Promise<StepChoices>) | null;
    }
  | { type: 'preview'; step: number; pictures: Picture[] }
  /** Frames of the film in order, [height, width, 4] each. */
  | { type: 'frames'; first: number; latent: number; frames: Uint8ClampedArray<ArrayBuffer>[] };

/** Waits for what it returns, so that a slow reader slows the engine down. */
export type FilmListener = (event: FilmEvent) => void | Promise<void>;
