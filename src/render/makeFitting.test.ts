import { describe, expect, it } from 'vitest';
import { ShotweaveError } from '../lib/errors.ts';
import type { MemoryWish } from '../plan/filmBudget.ts';
import { judgeFilm } from './judgeFilm.ts';
import { makeFitting } from './makeFitting.ts';
import { memoryOf, wanFacts, wanFilm } from './testing.ts';

const usual: MemoryWish = { memory: null, weights: 'auto' };

describe('a film that does not fit', () => {
  it('is refused with the longest that does', () => {
    const memory = memoryOf(usual);
    const { budget, refusal } = judgeFilm(wanFilm(60), wanFacts, memory);
    expect(budget).toBeNull();
    expect(refusal).toMatch(
      /^This film does not fit into the 8 GB that this GPU is taken to have: at 832x480 it holds at most [\d.]+ seconds, so .*\.$/,
    );
    const seconds = Number(/at most ([\d.]+) seconds/.exec(refusal ?? '')?.[1]);
    expect(judgeFilm(wanFilm(seconds), wanFacts, memory).budget).not.toBeNull();
    expect(judgeFilm(wanFilm(seconds + 0.25), wanFacts, memory).budget).toBeNull();
  });

  it('fits once the person says how much memory there is', () => {
    expect(judgeFilm(wanFilm(60), wanFacts, memoryOf({ memory: 24, weights: 'auto' })).refusal).toBeNull();
  });

  it('is told of a format that stands in its way, and of a picture that is too large', () => {
    const { refusal } = judgeFilm(wanFilm(5, 1920), wanFacts, memoryOf({ memory: 1, weights: 'f16' }));
    expect(refusal).toBe(
      'Wan2.1 1.3B at 1920x480 does not fit into 1 GB: choose a smaller size or model, let the weights be chosen automatically, or set the GPU memory under Models.',
    );
    expect(judgeFilm(wanFilm(60), wanFacts, memoryOf(usual, 2 ** 27)).refusal).toMatch(
      /^This film does not fit on this GPU: at 832x480 it holds at most [\d.]+ seconds/,
    );
  });
});

describe('makeFitting', () => {
  const full = new ShotweaveError('gpu-out-of-memory', 'full');

  it('makes the film with smaller weights when the GPU has less room than it is taken to have', async () => {
    const tried: string[] = [];
    const told: number[] = [];
    const made = await makeFitting(
      [wanFilm(5), wanFacts, memoryOf({ memory: 24, weights: 'auto' })],
      async ({ budget: { bytes, weights } }) => {
        tried.push(`${weights?.dit.format} ${weights?.dit.storage}`);
        if (bytes > 3e9) throw full;
        return bytes;
      },
      (bytes) => told.push(bytes),
    );
    expect(tried).toEqual(
      ['f16 resident', 'int8 resident', 'int4 resident', 'f16 streamed'].slice(0, tried.length),
    );
    expect(tried.length).toBeGreaterThan(1);
    expect(made).toBeLessThanOrEqual(3e9);
    expect(told).toHaveLength(tried.length - 1);
    expect(told.every((bytes) => bytes > 3e9)).toBe(true);
  });

  it('gives up with one sentence when nothing smaller is left, and at once on other faults', async () => {
    let tries = 0;
    const arguments_ = [wanFilm(5), wanFacts, memoryOf(usual)] satisfies Parameters<typeof makeFitting>[0];
    const never = async (): Promise<never> => {
      tries += 1;
      throw full;
    };
    await expect(makeFitting(arguments_, never, () => undefined)).rejects.toBe(full);
    expect(tries).toBe(6);
    const lost = new ShotweaveError('device-lost', 'gone');
    await expect(
      makeFitting(
        arguments_,
        () => Promise.reject(lost),
        () => undefined,
      ),
    ).rejects.toBe(lost);
  });

  it('refuses a film that cannot fit before anything is made', async () => {
    const made = makeFitting(
      [wanFilm(60), wanFacts, memoryOf(usual)],
      async () => 1,
      () => undefined,
    );
    await expect(made).rejects.toMatchObject({ code: 'film-too-large' });
  });
});
