/** @typedef {{ passed: number, failed: number, skipped: number }} Totals */

/**
 * @typedef {{
 *   numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests?: number,
 *   testResults: { status: string, assertionResults: unknown[] }[],
 * }} VitestReport
 */

/**
 * @typedef {{
 *   stats: { expected: number, unexpected: number, flaky: number, skipped: number },
 *   errors: unknown[],
 * }} PlaywrightReport
 */

/**
 * A test file that could not even be loaded has no tests to count and counts as one failure.
 *
 * @param {VitestReport} report what Vitest's json reporter writes
 * @returns {Totals}
 */
export function vitestTotals(report) {
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + (report.numTodoTests ?? 0),
  };
}

/**
 * @param {PlaywrightReport} report what Playwright's json reporter writes
 * @returns {Totals}
 */
export function playwrightTotals({ stats, errors }) {
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + errors.length,
    skipped: stats.skipped,
  };
}

/**
 * What a part counts for: a part that ended badly never counts for nothing.
 *
 * @param {number} status the exit status of the part
 * @param {Totals} totals from its report; all zero where it writes none
 * @returns {Totals}
 */
export function withStatus(status, totals) {
  return status !== 0 && totals.failed === 0 ? { ...totals, failed: 1 } : totals;
}

/**
 * @param {Totals[]} parts
 * @returns {Totals}
 */
export function sum(parts) {
  return parts.reduce(
    (total, part) => ({
      passed: total.passed + part.passed,
      failed: total.failed + part.failed,
      skipped: total.skipped + part.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

/** @param {Totals} totals */
export function totalsLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
