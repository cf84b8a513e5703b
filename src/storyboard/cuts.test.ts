import { describe, expect, it } from 'vitest';
import { type GeometryModel, latentFramesOf, planGeometry, secondsPerLatentFrame } from '../plan/geometry.ts';
import type { FilmGeometry } from '../plan/types.ts';
import { mergeAt, splitAt } from './cuts.ts';
import { limits } from './document.ts';

const temporal = 4;
const model: GeometryModel = { dit: { patch: [1, 2, 2], z: 16 }, ae: { spatial: 8, temporal } };

/** A film of shots of so many latent frames. */
function film(lengths: number[], fps = 24): FilmGeometry {
  const unit = secondsPerLatentFrame(fps, temporal);
  const shots = lengths.map((count, index) => ({ id: `s${index + 1}`, seconds: count * unit }));
  return planGeometry({ width: 320, height: 192, fps, shots }, model);
}

/** Latent frames of both halves. */
function halves(frame: number, geometry: FilmGeometry): [string, number, number] | string {
  const split = splitAt(frame, geometry, temporal);
  if (!split.ok) return split.sentence;
  const [first, second] = split.cut.seconds.map((seconds) => latentFramesOf(seconds, geometry.fps, temporal));
  return [split.cut.shotId, first ?? 0, second ?? 0];
}

describe('splitAt', () => {
  // Shot 1: latent frames 0 to 5, frames 0 to 20. Shot 2: latent frames 6 to 8, frames 21 to 32.
  const cut = film([6, 3]);

  it.each([
    [9, ['s1', 3, 3]],
    [10, ['s1', 3, 3]],
    [11, ['s1', 4, 2]],
    [8, ['s1', 3, 3]],
    [6, ['s1', 2, 4]],
    [25, ['s2', 1, 2]],
    [30, ['s2', 2, 1]],
  ])('cuts at the latent frame nearest to frame %i', (frame, expected) => {
    expect(halves(frame, cut)).toEqual(expected);
  });

  it.each([0, 20, 21, 32])('refuses at the edge of a shot (frame %i)', (frame) => {
    expect(halves(frame, cut)).toMatch(/edge of the shot/);
  });

  it('refuses a shot that has nothing to split', () => {
    expect(halves(0, film([1, 4]))).toMatch(/Shot 1 is too short/);
    // At 60 frames a second the shortest shot of a document has two latent frames.
    expect(halves(4, film([3], 60))).toMatch(/too short/);
    expect(halves(6, film([4], 60))).toEqual(['s1', 2, 2]);
  });

  it('refuses outside the film', () => {
    expect(halves(33, cut)).toMatch(/outside the film/);
  });

  it('keeps the length of the film wherever it cuts', () => {
    const geometry = film([9, 14, 5], 30);
    for (let frame = 0; frame < geometry.frames; frame++) {
      const split = splitAt(frame, geometry, temporal);
      if (!split.ok) continue;
      const shot = geometry.shots.find(({ id }) => id === split.cut.shotId);
      const [first, second] = split.cut.seconds;
      expect(first + second).toBeCloseTo(shot?.seconds ?? 0, 9);
    }
  });
});

describe('mergeAt', () => {
  const shots = [
    { id: 'a', seconds: 1 },
    { id: 'b', seconds: 0.52 },
  ];

  it('is as long as both were after snapping', () => {
    const merged = mergeAt(0, { shots, fps: 24 }, temporal);
    expect(merged).toEqual({ ok: true, cut: { shotId: 'a', seconds: expect.closeTo(1.5, 9) } });
  });

  it('refuses at the last shot', () => {
    expect(mergeAt(1, { shots, fps: 24 }, temporal)).toEqual({
      ok: false,
      sentence: expect.stringMatching(/Shot 2 is the last one/),
    });
  });

  it('refuses more than a shot may have', () => {
    const long = shots.map((shot) => ({ ...shot, seconds: limits.shotSeconds.max * 0.6 }));
    expect(mergeAt(0, { shots: long, fps: 24 }, temporal)).toMatchObject({ ok: false });
  });
});
