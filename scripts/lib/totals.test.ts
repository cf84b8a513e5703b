import { expect, it } from 'vitest';
import { playwrightTotals, sum, totalsLine, vitestTotals, withStatus } from './totals.mjs';

it('counts a Vitest file that could not be loaded as a failure', () => {
  const report = {
    numPassedTests: 5,
    numFailedTests: 1,
    numPendingTests: 2,
    numTodoTests: 1,
    testResults: [
      { status: 'passed', assertionResults: [{}] },
      { status: 'failed', assertionResults: [{}] },
      { status: 'failed', assertionResults: [] },
    ],
  };
  expect(vitestTotals(report)).toEqual({ passed: 5, failed: 2, skipped: 3 });
});

it('counts errors outside of Playwright’s tests as failures', () => {
  const stats = { expected: 3, unexpected: 1, flaky: 1, skipped: 2 };
  expect(playwrightTotals({ stats, errors: [{}] })).toEqual({ passed: 4, failed: 2, skipped: 2 });
});

it('counts a part that ends badly as a failure even when it reports none', () => {
  expect(withStatus(1, { passed: 4, failed: 0, skipped: 0 })).toEqual({ passed: 4, failed: 1, skipped: 0 });
  expect(withStatus(1, { passed: 4, failed: 2, skipped: 0 }).failed).toBe(2);
  expect(withStatus(0, { passed: 4, failed: 0, skipped: 0 }).failed).toBe(0);
});

it('prints the sum of the parts on one line', () => {
  const parts = [
    { passed: 1, failed: 2, skipped: 0 },
    { passed: 10, failed: 0, skipped: 0 },
  ];
  expect(totalsLine(sum(parts))).toBe('11 passed, 2 failed');
  expect(totalsLine({ passed: 1, failed: 0, skipped: 3 })).toBe('1 passed, 0 failed, 3 skipped');
});
