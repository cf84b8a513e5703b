import { expect, it } from 'vitest';
import { withCleanUp } from './cleanUp.ts';

it('undoes last first and gives the result', async () => {
  const undone: string[] = [];
  const result = await withCleanUp(async (onEnd) => {
    onEnd(async () => undone.push('server'));
    onEnd(async () => undone.push('browser'));
    return 7;
  });
  expect(result).toBe(7);
  expect(undone).toEqual(['browser', 'server']);
});

it('undoes when the work fails, and fails as the work did', async () => {
  const undone: string[] = [];
  const work = withCleanUp(async (onEnd) => {
    onEnd(async () => undone.push('server'));
    throw new Error('broken');
  });
  await expect(work).rejects.toThrow('broken');
  expect(undone).toEqual(['server']);
});
