import { describe, expect, it } from 'vitest';
import { mergePictures, type Picture, pictureAt } from './stills.ts';

function picture(latentFrame: number, final = false): Picture {
  const image = {} as CanvasImageSource;
  return { latentFrame, frame: latentFrame * 4, image, width: 1, height: 1, final };
}

describe('mergePictures', () => {
  it('puts a newer picture in the place of the old one and keeps the order', () => {
    const merged = mergePictures([picture(0), picture(2)], [picture(2, true), picture(1)]);
    expect(merged.map(({ latentFrame, final }) => [latentFrame, final])).toEqual([
      [0, false],
      [1, false],
      [2, true],
    ]);
  });
});

describe('pictureAt', () => {
  it('finds the nearest in time, the earlier of two equally near', () => {
    const pictures = [picture(0), picture(2), picture(5)];
    expect([0, 4, 5, 13, 14, 15, 99].map((frame) => pictureAt(pictures, frame)?.latentFrame)).toEqual([
      0, 0, 2, 2, 2, 5, 5,
    ]);
  });

  it('has none in an empty film', () => {
    expect(pictureAt([], 3)).toBeUndefined();
  });
});
