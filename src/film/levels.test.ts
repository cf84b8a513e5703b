import { describe, expect, it } from 'vitest';
import { codecStrings, filmBitrate } from './levels.ts';

describe('codecStrings', () => {
  it('gives H.264 in three profiles at the lowest level that fits', () => {
    expect(codecStrings('h264', { width: 320, height: 192, fps: 24 }, 2e6)).toEqual([
      'avc1.64001e',
      'avc1.4d401e',
      'avc1.42e01e',
    ]);
    expect(codecStrings('h264', { width: 1920, height: 1088, fps: 30 }, 18e6)[0]).toBe('avc1.640028');
  });

  it('counts whole macroblocks: 1080 lines are 68 rows of them', () => {
    // 120 x 68 macroblocks are 8160 of the 8192 of level 4.0, at 30 a second 244,800 of 245,760.
    expect(codecStrings('h264', { width: 1920, height: 1080, fps: 30 }, 18e6)[0]).toBe('avc1.640028');
    expect(codecStrings('h264', { width: 1920, height: 1080, fps: 31 }, 18e6)[0]).toBe('avc1.64002a');
  });

  it('lets picture, rate or bits each raise the level', () => {
    const small = { width: 320, height: 192, fps: 24 };
    expect(codecStrings('vp9', small, 1e6)).toEqual(['vp09.00.20.08']);
    expect(codecStrings('vp9', { ...small, height: 416 }, 1e6)).toEqual(['vp09.00.21.08']);
    expect(codecStrings('vp9', { ...small, fps: 100 }, 1e6)).toEqual(['vp09.00.21.08']);
    expect(codecStrings('vp9', small, 3e6)).toEqual(['vp09.00.21.08']);
    expect(codecStrings('av1', small, 2e6)).toEqual(['av01.0.01M.08']);
  });

  it('gives nothing for a film past every level', () => {
    const huge = { width: 16_384, height: 16_384, fps: 60 };
    expect(codecStrings('h264', huge, 1e6)).toEqual([]);
    expect(codecStrings('vp9', huge, 1e6)).toEqual([]);
    expect(codecStrings('av1', huge, 1e6)).toEqual([]);
  });

  it('has a level for the largest film of a storyboard in every codec', () => {
    const largest = { width: 1920, height: 1920, fps: 60 };
    for (const codec of ['h264', 'vp9', 'av1'] as const) {
      expect(codecStrings(codec, largest, filmBitrate(largest)), codec).not.toEqual([]);
    }
  });
});

describe('filmBitrate', () => {
  it('is two bits a pixel for small pictures, and less for large ones', () => {
    expect(filmBitrate({ width: 320, height: 192, fps: 24 })).toBe(2 * 320 * 192 * 24);
    const large = { width: 1920, height: 1088, fps: 24 };
    const perPixel = filmBitrate(large) / (1920 * 1088 * 24);
    expect(perPixel).toBeGreaterThan(0.4);
    expect(perPixel).toBeLessThan(0.6);
  });

  it('scales with the rate of frames', () => {
    const at24 = filmBitrate({ width: 640, height: 384, fps: 24 });
    expect(filmBitrate({ width: 640, height: 384, fps: 48 })).toBeCloseTo(2 * at24, -1);
  });
});
