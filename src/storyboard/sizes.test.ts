import { expect, it } from 'vitest';
import { storyboardSchema } from './document.ts';
import { sizeLike, sizesOf } from './sizes.ts';
import { starterStoryboard } from './starter.ts';

it.each(['papercut', 'wan2.1-1.3b'])('offers %s in sizes that a storyboard may have', (model) => {
  for (const { width, height } of sizesOf(model)) {
    expect(storyboardSchema.safeParse({ ...starterStoryboard(), model, width, height }).success).toBe(true);
  }
});

it('keeps what is upright upright', () => {
  expect(sizeLike({ width: 480, height: 288 }, 'wan2.1-14b')).toEqual({ width: 832, height: 480 });
  expect(sizeLike({ width: 192, height: 320 }, 'wan2.1-14b')).toEqual({ width: 480, height: 832 });
  expect(sizeLike({ width: 640, height: 640 }, 'papercut')).toEqual({ width: 256, height: 256 });
});
