import { describe, expect, it } from 'vitest';
import type { FilmGeometry } from '../../plan/types.ts';
import { estimateBytes, exportBitrate, exportFormat } from './exportJob.ts';

const geometry: FilmGeometry = {
  width: 320,
  height: 192,
  fps: 24,
  frames: 97,
  seconds: 97 / 24,
  latent: { frames: 25, height: 12, width: 20, channels: 16 },
  grid: { rows: 6, columns: 10 },
  tokensPerFrame: 60,
  tokens: 1500,
  shots: [],
};

describe('exportBitrate', () => {
  it('falls with the quality and rises with the size', () => {
    const rate = (quality: 'small' | 'good' | 'best', scale: 1 | 2 | 3) =>
      exportBitrate(exportFormat(geometry, scale), quality);
    expect(rate('small', 1)).toBeLessThan(rate('good', 1));
    expect(rate('good', 1)).toBeLessThan(rate('best', 1));
    expect(rate('best', 1)).toBeLessThan(rate('best', 2));
    expect(rate('best', 2)).toBeLessThan(4 * rate('best', 1));
  });
});

describe('estimateBytes', () => {
  const film = { geometry, bytes: 600_000 };

  it('is the film itself for the film itself, and its share for a part', () => {
    expect(estimateBytes(film, { quality: 'best', scale: 1, frames: 97 })).toBe(600_000);
    expect(estimateBytes(film, { quality: 'best', scale: 1, frames: 48 })).toBeCloseTo(
      600_000 * (48 / 97),
      -1,
    );
  });

  it('is what the encoder is given where that is less', () => {
    const given = (exportBitrate(geometry, 'small') * geometry.seconds) / 8;
    expect(estimateBytes(film, { quality: 'small', scale: 1, frames: 97 })).toBeCloseTo(given, -1);
  });

  it('grows with the size, by less than the pixels', () => {
    const bytes = estimateBytes(film, { quality: 'best', scale: 2, frames: 97 });
    expect(bytes).toBeGreaterThan(2 * film.bytes);
    expect(bytes).toBeLessThan(4 * film.bytes);
  });
});
