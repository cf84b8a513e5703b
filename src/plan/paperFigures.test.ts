import { describe, expect, it } from 'vitest';
import { compareWithPaper, describeComparison, paperShots } from './paperFigures.ts';

describe('compareWithPaper', () => {
  const rows = compareWithPaper(paperShots);

  it('compares four lengths in full and grouped attention', () => {
    expect(rows.slice(0, 4).map(({ tokens, groups, paper }) => [tokens, groups, paper])).toEqual([
      [62_400, null, 0.88e15],
      [93_600, null, 1.85e15],
      [124_800, null, 3.19e15],
      [187_200, null, 6.94e15],
    ]);
    expect(rows.map(({ groups }) => groups)).toEqual(
      [null, 5, 10, 20].flatMap((groups) => Array(4).fill(groups)),
    );
  });

  it('measures the deviation from the paper', () => {
    for (const { ours, paper, deviation } of rows) {
      expect(paper * (1 + deviation)).toBeCloseTo(ours.total, -3);
    }
  });

  it('puts the whole difference of a grouped figure into the local branches', () => {
    const grouped = rows.filter(({ groups }) => groups !== null);
    expect(grouped).toHaveLength(12);
    for (const { tokens, ours, paper, localDensity } of grouped) {
      const allPairs = 4 * 1536 * 30 * tokens ** 2;
      const difference = ((localDensity?.ours ?? 0) - (localDensity?.paper ?? 0)) * allPairs;
      expect(difference).toBeCloseTo(ours.total - paper, -3);
    }
  });

  it('computes fewer local pairs in shorter shots', () => {
    const local = (shots: number) => compareWithPaper(shots).at(-1)?.localDensity?.ours ?? 0;
    expect(local(8)).toBeLessThan(local(4));
    expect(local(4)).toBeLessThan(local(1));
  });
});

describe('describeComparison', () => {
  it('states the largest deviation and the ranges of the rows', () => {
    const [full, , , , grouped, other] = compareWithPaper(paperShots);
    if (full === undefined || grouped === undefined || other === undefined)
      throw new Error('rows are missing');
    const text = describeComparison([
      { ...full, deviation: -0.013 },
      { ...grouped, deviation: -0.25, localDensity: { ours: 0.1, paper: 0.3 } },
      { ...other, deviation: 0.5, localDensity: { ours: 0.2, paper: 0.4 } },
    ]);
    expect(text).toContain('Full attention agrees within 1.3%');
    expect(text).toContain('Grouped figures deviate by -25.0% to 50.0%');
    expect(text).toContain('ours compute 10.0% to 20.0%');
    expect(text).toContain('leave them 30.0% to 40.0%');
  });
});
