import { describe, expect, it } from 'vitest';
import { ShotweaveError } from '../lib/errors.ts';
import { wanAutoencoder, wanTransformers, wanVideo } from '../model/wan.ts';
import {
  decodedFrames,
  type FilmRequest,
  latentFrameOf,
  latentFramesOf,
  planEvenFilm,
  planGeometry,
  snapSeconds,
} from './geometry.ts';
import { papercut, randomFilms } from './testing.ts';

const twoShots: FilmRequest = {
  width: 320,
  height: 192,
  fps: 24,
  shots: [
    { id: 'a', seconds: 2 },
    { id: 'b', seconds: 2 },
  ],
};

describe('planGeometry', () => {
  it('gives two shots of 2 s at 24 fps 24 latent frames and 93 frames', () => {
    const film = planGeometry(twoShots, papercut);
    expect(film).toMatchObject({
      frames: 93,
      seconds: 93 / 24,
      latent: { frames: 24, height: 12, width: 20, channels: 16 },
      grid: { rows: 6, columns: 10 },
      tokensPerFrame: 60,
      tokens: 1440,
    });
    expect(film.shots).toEqual([
      {
        index: 0,
        id: 'a',
        latent: { start: 0, count: 12 },
        frames: { start: 0, count: 45 },
        tokens: { start: 0, count: 720 },
        seconds: 2,
      },
      {
        index: 1,
        id: 'b',
        latent: { start: 12, count: 12 },
        frames: { start: 45, count: 48 },
        tokens: { start: 720, count: 720 },
        seconds: 2,
      },
    ]);
  });

  it('counts the tokens of Wan2.1 at 480p and 81 frames', () => {
    const model = { dit: wanTransformers['wan2.1-1.3b'], ae: wanAutoencoder };
    const film = planEvenFilm(wanVideo, 21, 1, model);
    expect(film).toMatchObject({
      frames: 81,
      latent: { height: 60, width: 104 },
      tokensPerFrame: 1560,
      tokens: 32_760,
    });
  });

  it('lays the shots end to end in every space', () => {
    for (const film of randomFilms(50)) {
      let latent = 0;
      let frame = 0;
      let token = 0;
      for (const shot of film.shots) {
        expect(shot.latent.start).toBe(latent);
        expect(shot.frames.start).toBe(frame);
        expect(shot.tokens.start).toBe(token);
        latent += shot.latent.count;
        frame += shot.frames.count;
        token += shot.tokens.count;
      }
      expect(film.latent.frames).toBe(latent);
      expect(film.frames).toBe(frame);
      expect(film.frames).toBe(1 + 4 * (latent - 1));
      expect(film.tokens).toBe(token);
    }
  });

  it('names the nearest size when the model cannot make the one asked for', () => {
    const refused = () => planGeometry({ ...twoShots, width: 330, height: 200 }, papercut);
    expect(refused).toThrow(ShotweaveError);
    expect(refused).toThrow(
      'This model cannot make pictures of 330x200: choose a width that is a multiple of 32 and a height that is a multiple of 32, such as 320x192.',
    );
  });

  it.each([
    ['no shots', { ...twoShots, shots: [] }, 'add at least one'],
    ['a width of zero', { ...twoShots, width: 0 }, 'such as 32x192'],
    ['an endless shot', { ...twoShots, shots: [{ id: 'a', seconds: Number.POSITIVE_INFINITY }] }, 'Shot 1'],
    ['a shot without a length', { ...twoShots, shots: [{ id: 'a', seconds: Number.NaN }] }, 'Shot 1'],
    ['a frame rate of zero', { ...twoShots, fps: 0 }, 'frame rate'],
  ])('refuses %s', (_, film, sentence) => {
    expect(() => planGeometry(film, papercut)).toThrow(sentence);
  });
});

describe('planEvenFilm', () => {
  it('cuts the film into shots whose lengths differ by at most one latent frame', () => {
    const film = planEvenFilm(twoShots, 11, 4, papercut);
    expect(film.shots.map((shot) => shot.latent.count).sort()).toEqual([2, 3, 3, 3]);
  });

  it.each([0, 12, 1.5])('refuses %d shots of 11 latent frames', (shots) => {
    expect(() => planEvenFilm(twoShots, 11, shots, papercut)).toThrow('choose 1 to 11');
  });
});

describe('lengths', () => {
  it('rounds to whole latent frames, at least one', () => {
    expect(latentFramesOf(2, 24, 4)).toBe(12);
    expect(latentFramesOf(0.25, 24, 4)).toBe(2);
    expect(latentFramesOf(0.01, 24, 4)).toBe(1);
    expect(snapSeconds(1.9, 24, 4)).toBeCloseTo(11 / 6, 12);
    expect(snapSeconds(0.01, 24, 4)).toBeCloseTo(1 / 6, 12);
  });

  it('keeps a snapped length when it is snapped again', () => {
    for (const fps of [8, 16, 23, 24, 25, 30, 60]) {
      for (let count = 1; count < 200; count++) {
        expect(latentFramesOf((count * 4) / fps, fps, 4)).toBe(count);
      }
    }
  });

  it('decodes the first latent frame to one frame and every later one to four', () => {
    expect(decodedFrames({ start: 0, count: 1 }, 4)).toEqual({ start: 0, count: 1 });
    expect(decodedFrames({ start: 0, count: 3 }, 4)).toEqual({ start: 0, count: 9 });
    expect(decodedFrames({ start: 1, count: 1 }, 4)).toEqual({ start: 1, count: 4 });
    expect(decodedFrames({ start: 2, count: 2 }, 4)).toEqual({ start: 5, count: 8 });
  });

  it('finds the latent frame of every frame', () => {
    for (let latent = 0; latent < 6; latent++) {
      const { start, count } = decodedFrames({ start: latent, count: 1 }, 4);
      for (let frame = start; frame < start + count; frame++) expect(latentFrameOf(frame, 4)).toBe(latent);
    }
  });
});
