import { describe, expect, it } from 'vitest';
import { planGeometry } from '../plan/geometry.ts';
import { reelsOfFrames } from './exportReels.ts';

const model = { dit: { patch: [1, 2, 2] as [1, number, number], z: 4 }, ae: { spatial: 16, temporal: 4 } };
const frameSize = 4 * 2 * 4;

const geometry = planGeometry(
  {
    width: 64,
    height: 32,
    fps: 24,
    shots: [2, 6, 1].map((latent, i) => ({ id: 'abc'[i] ?? '', seconds: latent / 6 })),
  },
  model,
);

function shot(id: string, context: number, count: number) {
  return { id, context, count, latents: new Float32Array((context + count) * frameSize) };
}

const film = {
  model: 'papercut',
  width: 64,
  height: 32,
  shots: [shot('a', 0, 2), shot('b', 2, 6), shot('c', 4, 1)],
};

const summary = (start: number, count: number) =>
  reelsOfFrames({ start, count }, geometry, film, 4).map(({ at, from }) => [at.start, at.count, from]);

describe('reelsOfFrames', () => {
  it('takes every shot of the whole film, each from its own latents', () => {
    expect(summary(0, geometry.frames)).toEqual([
      [0, 2, 0],
      [2, 6, 2],
      [8, 1, 4],
    ]);
  });

  it.each([
    // Frame 0 is a latent frame of its own; frames 1 to 4 are the next.
    [0, 1, [[0, 1, 0]]],
    [1, 4, [[1, 1, 1]]],
    [
      4,
      2,
      [
        [1, 1, 1],
        [2, 1, 2],
      ],
    ],
    [12, 1, [[3, 1, 3]]],
    [29, 4, [[8, 1, 4]]],
    [
      28,
      2,
      [
        [7, 1, 7],
        [8, 1, 4],
      ],
    ],
  ])('takes the latent frames under frames from %i, %i of them', (start, count, reels) => {
    expect(summary(start, count)).toEqual(reels);
  });

  it.each([
    ['lacks a shot', { ...film, shots: film.shots.slice(0, 2) }],
    ['has another shot', { ...film, shots: [shot('x', 0, 2), ...film.shots.slice(1)] }],
    ['has a shot of another length', { ...film, shots: [shot('a', 0, 3), ...film.shots.slice(1)] }],
    [
      'is not whole',
      { ...film, shots: [{ ...shot('a', 0, 2), latents: new Float32Array(3) }, ...film.shots.slice(1)] },
    ],
  ])('refuses latents of which the film %s', (_, latents) => {
    expect(() => reelsOfFrames({ start: 0, count: geometry.frames }, geometry, latents, 4)).toThrow(
      /generate it again/,
    );
  });
});
