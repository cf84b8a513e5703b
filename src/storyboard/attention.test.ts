import { describe, expect, it } from 'vitest';
import { publishedWanConfig } from '../model/wanConfig.ts';
import { countFlops } from '../plan/flops.ts';
import { planEvenFilm } from '../plan/geometry.ts';
import { attentionModes } from '../plan/routing.ts';
import { attentionShare, attentionsOf, attentionWords, costWords } from './attention.ts';

const wan = publishedWanConfig('wan2.1-1.3b');
const shape = wan.dit;
/** Four shots of 15 seconds in 480p. */
const minute = planEvenFilm({ width: 832, height: 480, fps: 16 }, 240, 4, wan);
const short = planEvenFilm({ width: 64, height: 64, fps: 16 }, 2, 2, wan);

describe('attentionsOf', () => {
  it('offers groups only where there is a router, and everything else to every model', () => {
    expect(attentionsOf(shape)).toEqual(['dense', 'kmeans', 'moc']);
    expect(attentionsOf({ ...shape, groups: 8 })).toEqual(['moga', 'dense', 'kmeans', 'moc']);
  });
});

describe('attentionShare', () => {
  it('is all of the work for dense attention and less for every other in a long film', () => {
    const routed = { ...shape, groups: 8 };
    expect(attentionShare(routed, minute, 'dense', 50)).toBe(1);
    for (const mode of attentionModes.filter((each) => each !== 'dense')) {
      const share = attentionShare(routed, minute, mode, 50);
      expect(share).toBeGreaterThan(0.1);
      expect(share).toBeLessThan(0.6);
    }
  });

  it('counts the dense steps that a film begins with', () => {
    const dense = countFlops(shape, minute, 'dense').total;
    const sparse = countFlops(shape, minute, 'kmeans').total;
    expect(attentionShare(shape, minute, 'kmeans', 50)).toBeCloseTo(
      (13 * dense + 37 * sparse) / (50 * dense),
      12,
    );
    expect(attentionShare(shape, minute, 'kmeans', 1)).toBe(1);
  });
});

describe('the words', () => {
  it('are one for every attention', () => {
    for (const mode of attentionModes) expect(attentionWords[mode].what).toMatch(/^[A-Z].*\.$/);
  });

  it('say what is saved and which steps stay dense', () => {
    expect(costWords('kmeans', 0.623, 50)).toBe(
      'The first 13 steps stay dense, while the film takes shape. The film takes 62 % of dense’s work.',
    );
    expect(costWords('moc', 0.9, 4)).toMatch(/^The first step stays dense/);
    expect(costWords('moga', 0.5, 50)).toBe('The film takes 50 % of dense’s work.');
    expect(costWords('dense', 1, 50)).toBe('');
  });

  it('do not promise what a short film does not save', () => {
    const share = attentionShare({ ...shape, groups: 2 }, short, 'moga', 4);
    expect(share).toBeGreaterThanOrEqual(1);
    expect(costWords('moga', share, 4)).toBe('In so short a film it saves nothing.');
    expect(costWords('kmeans', 1, 1)).toMatch(/^A film of one step stays dense\./);
  });

  it('say nothing of work that is not known', () => {
    expect(costWords('moc', null, 50)).toBe('The first 13 steps stay dense, while the film takes shape.');
  });
});
