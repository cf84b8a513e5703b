import { expect, it } from 'vitest';
import type { MemoryWish } from '../plan/filmBudget.ts';
import { countFilmFlops } from '../plan/flops.ts';
import { estimateFilm, filmFlops } from './estimate.ts';
import { filmFingerprint } from './fingerprint.ts';
import { judgeFilm } from './judgeFilm.ts';
import type { Estimate } from './protocol.ts';
import { memoryOf, wanFacts, wanFilm } from './testing.ts';

/** A GPU on which computing takes no time worth speaking of. */
const fast = 1e20;

function estimate(wish: MemoryWish, seconds = 5): Estimate {
  const memory = memoryOf(wish);
  const film = wanFilm(seconds);
  const judged = judgeFilm(film, wanFacts, memory);
  return estimateFilm(film, wanFacts, judged, memory, fast, { stepsDone: 0, only: null });
}

it('says how weights are kept, what is taken of what there is, and what does not fit', () => {
  const fits = estimate({ memory: 24, weights: 'int8' });
  expect(fits).toMatchObject({ weights: { format: 'int8', storage: 'resident' }, refusal: null });
  expect(fits.gpuBytes).toBeGreaterThan(fits.weights?.bytes ?? 0);
  expect(fits.gpuBytes).toBeLessThan(fits.roomBytes);
  const refused = estimate({ memory: 8, weights: 'auto' }, 60);
  expect(refused).toMatchObject({ weights: null, refusal: expect.stringContaining('at most') });
  expect(refused.gpuBytes).toBeGreaterThan(refused.roomBytes);
});

it('counts the time that streamed weights take to read in every pass', () => {
  const resident = estimate({ memory: 24, weights: 'f16' });
  const streamed = estimate({ memory: 5, weights: 'f16' });
  expect([resident, streamed].map(({ weights }) => weights?.storage)).toEqual(['resident', 'streamed']);
  expect(resident.renderSeconds).toBeLessThan(1);
  // 2.6 GB, 50 steps of two passes.
  expect(streamed.renderSeconds).toBeGreaterThan(500);
});

it('counts the negative prompt once, however many shots there are', () => {
  const film = wanFilm(1);
  const shots = film.shots.flatMap((shot) => [shot, { ...shot, id: 'b' }]);
  const two = { ...film, negative: 'blurred', shots };
  const { plan, prompts } = judgeFilm(two, wanFacts, memoryOf({ memory: 24, weights: 'f16' }));
  const passes = [prompts.prompts.map(({ length }) => length), [7]];
  expect(passes[0]).toHaveLength(2);
  expect(filmFlops(two, plan, wanFacts, prompts)).toEqual(
    countFilmFlops(wanFacts.config, plan.geometry, 'dense', 50, passes),
  );
});

it('tells films apart by the formats of their weights, and not by where those lie', () => {
  const adapter = {
    vendor: '',
    architecture: '',
    description: '',
    software: false,
    precision: 'f32',
  } as const;
  const film = wanFilm(5);
  const print = (format: 'f16' | 'int8', storage: 'resident' | 'streamed', text: 'f16' | 'int8' = 'f16') =>
    filmFingerprint(film, wanFacts, adapter, undefined, { dit: { format, storage, bytes: 1 }, text });
  expect(print('f16', 'resident')).toBe(print('f16', 'streamed'));
  const placed = {
    ...film,
    shots: film.shots.map((shot) => ({
      ...shot,
      place: { from: { x: 0, y: 0 }, to: { x: 0, y: 0 }, scale: 1 },
    })),
  };
  const printOf = (of: typeof film) => filmFingerprint(of, wanFacts, adapter, undefined, null);
  expect(printOf(placed)).not.toBe(printOf(film));
  const others = [print('int8', 'resident'), print('f16', 'resident', 'int8')];
  expect(new Set([print('f16', 'resident'), ...others]).size).toBe(3);
});
