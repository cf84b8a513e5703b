import { describe, expect, it } from 'vitest';
import * as reference from '../reference/upscale.ts';
import { Output, run, testGpu } from '../testing/device.ts';
import { expectClose, sumTolerance } from '../testing/expectClose.ts';
import { randomFloats, randomIntegers } from '../testing/random.ts';
import { upscaleColumns, upscaleLevels, upscaleRows, upscaleTaps, upscaleWeights } from './upscale.ts';

const gpu = await testGpu();

const opaque = (pixels: Uint32Array<ArrayBuffer>) => pixels.map((pixel) => (pixel | 0xff000000) >>> 0);

describe('upscaleRows', () => {
  it.each([
    { lines: 1, width: 1, scale: 2 },
    { lines: 1, width: 2, scale: 3 },
    { lines: 5, width: 7, scale: 2 },
    { lines: 3, width: 33, scale: 3 },
    { lines: 4, width: 5, scale: 1 },
    { lines: 0, width: 5, scale: 2 },
  ])('widens $lines lines of $width pixels $scale times', async ({ lines, width, scale }) => {
    const pixels = opaque(randomIntegers(1, lines * width, 2 ** 32));
    const levels = upscaleLevels();
    const weights = upscaleWeights(scale);
    const output = Output.unwritten(gpu, lines * width * scale * 4);
    const dispatch = await upscaleRows(gpu, {
      pixels: gpu.upload('pixels', pixels),
      levels: gpu.upload('levels', levels),
      weights: gpu.upload('weights', weights),
      y: output.buffer,
      ...{ lines, width, scale },
    });
    run(gpu, [dispatch]);
    const y = new Float64Array(lines * width * scale * 4);
    reference.upscaleRows({ pixels, levels, weights, y, lines, width, scale });
    expectClose(await output.floats(), y, sumTolerance(upscaleTaps));
  });
});

describe('upscaleColumns', () => {
  it.each([
    { frames: 1, height: 1, width: 1, scale: 2 },
    { frames: 1, height: 2, width: 3, scale: 3 },
    { frames: 2, height: 7, width: 5, scale: 2 },
    { frames: 3, height: 33, width: 1, scale: 3 },
    { frames: 1, height: 5, width: 4, scale: 1 },
    { frames: 0, height: 5, width: 4, scale: 2 },
  ])('heightens $frames x $height x $width $scale times', async ({ frames, height, width, scale }) => {
    // Past both ends of the scale too, as taps with negative weights make it.
    const x = randomFloats(2, frames * height * width * 4, 0.7).map((value) => value + 0.5);
    const weights = upscaleWeights(scale);
    const pixels = frames * height * scale * width;
    const output = new Output(gpu, new Uint32Array(pixels));
    const dispatch = await upscaleColumns(gpu, {
      x: gpu.upload('x', x),
      weights: gpu.upload('weights', weights),
      rgba: output.buffer,
      ...{ frames, height, width, scale },
    });
    run(gpu, [dispatch]);
    const rgba = new Uint32Array(pixels);
    reference.upscaleColumns({ x, weights, rgba, frames, height, width, scale });
    const actual = new Uint8Array((await output.words()).slice().buffer);
    const expected = new Uint8Array(rgba.buffer);
    // Where the value lies on the border of two levels, either is right.
    expectClose(actual, expected, { relative: 0, absolute: 1 });
    const apart = actual.filter((byte, i) => byte !== expected[i]).length;
    expect(apart).toBeLessThanOrEqual(actual.length / 1000);
  });
});

/** Both halves, [height, width] to [height * scale, width * scale] RGBA bytes. */
async function enlarge(
  pixels: Uint32Array<ArrayBuffer>,
  height: number,
  width: number,
  scale: number,
): Promise<Uint8Array> {
  const weights = gpu.upload('weights', upscaleWeights(scale));
  const between = gpu.buffer('between', height * width * scale * 16);
  const output = new Output(gpu, new Uint32Array(height * width * scale ** 2));
  run(gpu, [
    await upscaleRows(gpu, {
      pixels: gpu.upload('pixels', pixels),
      levels: gpu.upload('levels', upscaleLevels()),
      ...{ weights, y: between, lines: height, width, scale },
    }),
    await upscaleColumns(gpu, {
      ...{ x: between, weights, rgba: output.buffer },
      ...{ frames: 1, height, width: width * scale, scale },
    }),
  ]);
  return new Uint8Array((await output.words()).slice().buffer);
}

describe('both halves', () => {
  it.each([2, 3])('leave an even field of any level as it is, %i times as large', async (scale) => {
    // Every level of a colour, in a field of its own far from the next.
    for (const level of [0, 1, 2, 17, 128, 254, 255]) {
      const pixel = (level | (level << 8) | (level << 16) | 0xff000000) >>> 0;
      const enlarged = await enlarge(new Uint32Array(15).fill(pixel), 3, 5, scale);
      expect(new Set(enlarged)).toEqual(new Set([level, 255]));
    }
  });

  it('give every third pixel of a picture three times as large back unchanged', async () => {
    const [height, width] = [9, 11];
    const pixels = opaque(randomIntegers(5, height * width, 2 ** 32));
    const enlarged = new Uint32Array((await enlarge(pixels, height, width, 3)).slice().buffer);
    const centres = pixels.map(
      (_, i) => enlarged[(3 * Math.floor(i / width) + 1) * 3 * width + 3 * (i % width) + 1] ?? 0,
    );
    expect(centres).toEqual(pixels);
  });

  it.each([2, 3])('follow a smooth picture to within a level or two, %i times as large', async (scale) => {
    const [height, width] = [24, 40];
    const shade = (y: number, x: number) => 128 + 60 * Math.sin(x / 2.5 + 0.3) * Math.cos(y / 3);
    const pixels = Uint32Array.from({ length: height * width }, (_, i) => {
      const level = Math.round(shade(Math.floor(i / width), i % width));
      return (level | (level << 8) | (level << 16) | 0xff000000) >>> 0;
    });
    const enlarged = await enlarge(pixels, height, width, scale);
    // Away from the edges, where the picture is cut off.
    let squares = 0;
    let count = 0;
    for (let row = 4 * scale; row < (height - 4) * scale; row++) {
      for (let column = 4 * scale; column < (width - 4) * scale; column++) {
        const actual = enlarged[(row * width * scale + column) * 4] ?? 0;
        const wanted = shade((row + 0.5) / scale - 0.5, (column + 0.5) / scale - 0.5);
        squares += (actual - wanted) ** 2;
        count++;
      }
    }
    // Bilinear interpolation is off by more than two levels here.
    expect(Math.sqrt(squares / count)).toBeLessThan(1);
  });
});
