import type { FromGuessArguments } from '../kernels/fromGuess.ts';
import { at, type OnHost } from './values.ts';

/** Velocities around a guess, value by value. */
export function fromGuess(args: OnHost<FromGuessArguments>): void {
  const { level, patches, guess, doubt, velocity, tokens, cells, channels } = args;
  const noise = at(level, 0);
  const clean = 1 - noise;
  for (let token = 0; token < tokens; token++) {
    for (let cell = 0; cell < cells; cell++) {
      for (let channel = 0; channel < channels; channel++) {
        const i = (token * cells + cell) * channels + channel;
        const x = at(patches, (token * channels + channel) * cells + cell);
        const variance = Math.exp(Math.max(-6, Math.min(1, at(doubt, i))));
        const ofLatent = clean ** 2 * variance + noise ** 2;
        const expected = ((x - clean * at(guess, i)) * (noise - clean * variance)) / ofLatent - at(guess, i);
        velocity[i] = expected + Math.sqrt(variance / ofLatent) * at(velocity, i);
      }
    }
  }
}
