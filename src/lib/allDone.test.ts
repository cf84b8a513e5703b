import { expect, it } from 'vitest';
import { allDone } from './allDone.ts';

it('gives every result', async () => {
  expect(await allDone([Promise.resolve(1), Promise.resolve('two')])).toEqual([1, 'two']);
});

it('rejects with the first failure, once everything has ended', async () => {
  let ended = false;
  const slow = new Promise<void>((resolve) => {
    setTimeout(() => {
      ended = true;
      resolve();
    }, 10);
  });
  await expect(
    allDone([slow, Promise.reject(new Error('first')), Promise.reject(new Error('second'))]),
  ).rejects.toThrow('first');
  expect(ended).toBe(true);
});
