import { describe, expect, it } from 'vitest';
import { planGeometry } from '../plan/geometry.ts';
import { storyboardSchema } from '../storyboard/document.ts';
import { filmLatents, keptShots, lockOthers } from './lockedShots.ts';

const model = { dit: { patch: [1, 2, 2] as [1, number, number], z: 4 }, ae: { spatial: 16, temporal: 4 } };
const decoder = { kind: 'taehv', reach: 4 } as const;
/** Values of a latent frame of 64x32 pixels. */
const frameSize = 4 * 2 * 4;

function film(shots: { id: string; latent: number; locked?: boolean }[]) {
  const storyboard = storyboardSchema.parse({
    format: 'shotweave/storyboard',
    version: 1,
    width: 64,
    height: 32,
    fps: 24,
    steps: 2,
    guidance: 3,
    shots: shots.map(({ id, latent, locked = false }) => ({ id, prompt: id, seconds: latent / 6, locked })),
  });
  return { storyboard, geometry: planGeometry(storyboard, model) };
}

/** Latents whose every value tells its film and frame. */
function numbered(frames: number, hundreds: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(
    { length: frames * frameSize },
    (_, i) => 100 * hundreds + Math.floor(i / frameSize),
  );
}

const framesOf = (latents: Float32Array): number[] =>
  Array.from({ length: latents.length / frameSize }, (_, frame) => latents[frame * frameSize] ?? Number.NaN);

const first = film([
  { id: 'a', latent: 2 },
  { id: 'b', latent: 6 },
  { id: 'c', latent: 1 },
]);
const base = filmLatents(first.storyboard, first.geometry, numbered(9, 1), null, decoder);

describe('filmLatents', () => {
  it('keeps every shot with up to four latent frames before it', () => {
    expect(base.shots.map(({ id, context, count }) => [id, context, count])).toEqual([
      ['a', 0, 2],
      ['b', 2, 6],
      ['c', 4, 1],
    ]);
    expect(base.shots.map(({ latents }) => framesOf(latents))).toEqual([
      [100, 101],
      [100, 101, 102, 103, 104, 105, 106, 107],
      [104, 105, 106, 107, 108],
    ]);
  });

  it('keeps a locked shot with what stood before it when it was made', () => {
    const { storyboard, geometry } = film([
      { id: 'new', latent: 3 },
      { id: 'b', latent: 6, locked: true },
    ]);
    const next = filmLatents(storyboard, geometry, numbered(9, 2), base, decoder);
    expect(next.shots[1]).toBe(base.shots[1]);
    expect(framesOf(next.shots[0]?.latents ?? new Float32Array())).toEqual([200, 201, 202]);
  });
});

describe('lockOthers', () => {
  it('leaves one shot to be made, whatever the locks say', () => {
    const { storyboard } = film([
      { id: 'a', latent: 2 },
      { id: 'b', latent: 6, locked: true },
      { id: 'c', latent: 1, locked: true },
    ]);
    const alone = lockOthers(storyboard, 'b');
    expect(alone.shots.map(({ id, locked }) => [id, locked])).toEqual([
      ['a', true],
      ['b', false],
      ['c', true],
    ]);
    expect(storyboard.shots.map(({ locked }) => locked)).toEqual([false, true, true]);
  });
});

describe('keptShots', () => {
  it('finds locked shots by their ids, wherever they have moved', () => {
    const { storyboard, geometry } = film([
      { id: 'c', latent: 1, locked: true },
      { id: 'new', latent: 3 },
      { id: 'b', latent: 6, locked: true },
    ]);
    expect(keptShots(storyboard, geometry, base, 'taehv')).toEqual([
      { at: { start: 0, count: 1 }, film: base.shots[2]?.latents, from: 4 },
      { at: { start: 4, count: 6 }, film: base.shots[1]?.latents, from: 2 },
    ]);
  });

  it('takes a film that does not tell its decoder for one of the same', () => {
    const { storyboard, geometry } = film([
      { id: 'a', latent: 2, locked: true },
      { id: 'b', latent: 6 },
    ]);
    const { decoder: told, ...untold } = base;
    expect(told).toBe('taehv');
    expect(keptShots(storyboard, geometry, untold, 'wan-vae')).toHaveLength(1);
  });

  it('asks for nothing where nothing is locked', () => {
    expect(keptShots(first.storyboard, first.geometry, null, 'taehv')).toEqual([]);
  });

  it('tells of a shot that is to stay beside one made anew without speaking of locks', () => {
    const { storyboard, geometry } = film([
      { id: 'a', latent: 2 },
      { id: 'b', latent: 5 },
    ]);
    const alone = lockOthers(storyboard, 'a');
    const longer = /^Shot 2 is to stay, but its length has changed.*: generate the whole film first\.$/;
    expect(() => keptShots(alone, geometry, base, 'taehv', 'beside')).toThrow(longer);
    expect(() => keptShots(alone, geometry, null, 'taehv', 'beside')).toThrow(
      /^Shot 2 is to stay, but the last film/,
    );
  });

  const refused: [string, Parameters<typeof film>[0], typeof base | null, RegExp][] = [
    [
      'without a film',
      [
        { id: 'a', latent: 2, locked: true },
        { id: 'b', latent: 6 },
      ],
      null,
      /^Shot 1 is locked, but the last film does not have it/,
    ],
    [
      'that the film does not have',
      [
        { id: 'x', latent: 2, locked: true },
        { id: 'b', latent: 6 },
      ],
      base,
      /^Shot 1 is locked, but the last film/,
    ],
    [
      'of another size',
      [
        { id: 'a', latent: 2, locked: true },
        { id: 'b', latent: 6 },
      ],
      { ...base, width: 96 },
      /at this size/,
    ],
    [
      'that another decoder made',
      [
        { id: 'a', latent: 2, locked: true },
        { id: 'b', latent: 6 },
      ],
      { ...base, decoder: 'wan-vae' },
      /^Shot 1 is locked, but another decoder made .*: choose that one in Models, or unlock it, or generate/,
    ],
    [
      'of another length',
      [
        { id: 'a', latent: 2 },
        { id: 'b', latent: 5, locked: true },
      ],
      base,
      /^Shot 2 is locked, but its length has changed/,
    ],
    ['with no other to make', [{ id: 'a', latent: 2, locked: true }], base, /^Every shot is locked/],
  ];
  it.each(refused)('refuses a locked shot %s', (_, shots, from, sentence) => {
    const { storyboard, geometry } = film(shots);
    expect(() => keptShots(storyboard, geometry, from, 'taehv')).toThrow(sentence);
  });
});
