import { expect, it } from 'vitest';
import { recordedSteps } from './routerRecorder.ts';

it('records up to four steps, the first and the last among them', () => {
  expect([1, 2, 3, 4, 5, 16, 20, 50].map(recordedSteps)).toEqual([
    [1],
    [1, 2],
    [1, 2, 3],
    [1, 2, 3, 4],
    [1, 2, 4, 5],
    [1, 6, 11, 16],
    [1, 7, 14, 20],
    [1, 17, 34, 50],
  ]);
});
