import { describe, expect, it } from 'vitest';
import { framesBetweenCuts, planChunks } from './chunks.ts';
import { filmOf, randomFilms, seededIntegers } from './testing.ts';

const latentRuns = (shots: number[], capacity: number) =>
  planChunks(filmOf(1, 1, shots), capacity).map(({ latent }) => [latent.start, latent.count]);

describe('planChunks', () => {
  it('puts whole small shots together', () => {
    expect(latentRuns([2, 3, 4, 5], 6)).toEqual([
      [0, 5],
      [5, 4],
      [9, 5],
    ]);
  });

  it('cuts a large shot evenly and shares its pieces with no other shot', () => {
    expect(latentRuns([1, 10, 1], 4)).toEqual([
      [0, 1],
      [1, 3],
      [4, 3],
      [7, 4],
      [11, 1],
    ]);
  });

  it('keeps a shot whole when it just fits', () => {
    expect(latentRuns([4, 4], 4)).toEqual([
      [0, 4],
      [4, 4],
    ]);
  });

  it('takes single latent frames when one is larger than a chunk', () => {
    const chunks = planChunks(filmOf(3, 5, [2, 1]), 7);
    expect(chunks.map(({ tokens }) => tokens)).toEqual([
      { start: 0, count: 15 },
      { start: 15, count: 15 },
      { start: 30, count: 15 },
    ]);
  });

  it('covers every film once, within the limit', () => {
    const next = seededIntegers(3);
    for (const film of randomFilms(200)) {
      const maxTokens = next(1, film.tokens + 20);
      let latent = 0;
      for (const [index, chunk] of planChunks(film, maxTokens).entries()) {
        expect(chunk.index).toBe(index);
        expect(chunk.latent.start).toBe(latent);
        expect(chunk.latent.count).toBeGreaterThan(0);
        expect(chunk.tokens.start).toBe(latent * film.tokensPerFrame);
        expect(chunk.tokens.count).toBe(chunk.latent.count * film.tokensPerFrame);
        expect(chunk.tokens.count).toBeLessThanOrEqual(Math.max(maxTokens, film.tokensPerFrame));
        latent += chunk.latent.count;
      }
      expect(latent).toBe(film.latent.frames);
    }
  });

  it('cuts inside a shot only when the shot does not fit', () => {
    const next = seededIntegers(4);
    for (const film of randomFilms(200)) {
      const maxTokens = next(film.tokensPerFrame, film.tokens);
      const cuts = new Set(planChunks(film, maxTokens).map(({ latent }) => latent.start));
      for (const { latent, tokens } of film.shots) {
        if (tokens.count > maxTokens) continue;
        for (let frame = latent.start + 1; frame < latent.start + latent.count; frame++) {
          expect(cuts.has(frame)).toBe(false);
        }
      }
    }
  });

  it('begins only where it may, every chunk but the last', () => {
    expect(planChunks(filmOf(3, 5, [2, 7]), 45, 2).map(({ latent }) => [latent.start, latent.count])).toEqual(
      [
        [0, 2],
        [2, 2],
        [4, 2],
        [6, 2],
        [8, 1],
      ],
    );
    const next = seededIntegers(6);
    for (const film of randomFilms(200)) {
      const between = next(2, 4);
      const maxTokens = next(1, film.tokens + 20);
      let latent = 0;
      for (const chunk of planChunks(film, maxTokens, between)) {
        expect(chunk.latent.start).toBe(latent);
        expect(latent % between).toBe(0);
        expect(chunk.latent.count).toBeGreaterThan(0);
        expect(chunk.tokens.count).toBeLessThanOrEqual(Math.max(maxTokens, between * film.tokensPerFrame));
        latent += chunk.latent.count;
      }
      expect(latent).toBe(film.latent.frames);
    }
  });

  it('stops on a chunk without room', () => {
    expect(() => planChunks(filmOf(1, 1, [1]), 0)).toThrow('Invariant');
  });
});

describe('framesBetweenCuts', () => {
  it('is one wherever latent frames are whole multiples of what views start at', () => {
    expect(framesBetweenCuts(60, 16 * 4 * 4)).toBe(1);
    expect(framesBetweenCuts(15, 16 * 4 * 4)).toBe(1);
    expect(framesBetweenCuts(60, 24 * 4 * 4)).toBe(1);
    expect(framesBetweenCuts(15, 24 * 4 * 4)).toBe(2);
    expect(framesBetweenCuts(15, 20 * 4 * 4)).toBe(4);
  });
});
