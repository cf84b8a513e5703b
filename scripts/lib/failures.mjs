import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/**
 * @typedef {{
 *   name: string, status: string, message?: string,
 *   assertionResults: { fullName: string, status: string, failureMessages?: string[] | null }[],
 * }} VitestFile
 */

/**
 * @typedef {{
 *   suites?: PlaywrightSuite[],
 *   specs?: { title: string, file: string, ok: boolean, tests: { results: { error?: { message?: string } }[] }[] }[],
 * }} PlaywrightSuite
 */

/**
 * @param {{ testResults: VitestFile[] }} report what Vitest's json reporter writes
 * @param {string} [root] folder that files are named from
 * @returns {string[]} a line for each test that failed and each file that could not be loaded
 */
export function vitestFailures({ testResults }, root = process.cwd()) {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name);
    if (status === 'failed' && assertionResults.length === 0) return [line(file, '', message)];
    return assertionResults
      .filter((test) => test.status === 'failed')
      .map((test) => line(file, test.fullName, test.failureMessages?.[0]));
  });
}

/**
 * @param {{ suites: PlaywrightSuite[], errors: { message?: string }[] }} report what Playwright's json reporter writes
 * @returns {string[]} a line for each test that failed and each error outside of tests
 */
export function playwrightFailures({ suites, errors }) {
  return [...suites.flatMap(failuresOf), ...errors.map(({ message }) => line('', '', message))];
}

/**
 * @param {PlaywrightSuite} suite
 * @returns {string[]}
 */
function failuresOf({ suites = [], specs = [] }) {
  const own = specs
    .filter(({ ok }) => !ok)
    .map(({ file, title, tests }) => {
      const results = tests.flatMap((test) => test.results);
      return line(file, title, results.find(({ error }) => error)?.error?.message);
    });
  return [...own, ...suites.flatMap(failuresOf)];
}

/**
 * @param {string} file
 * @param {string} test
 * @param {string} [message] of which the first line is told
 */
function line(file, test, message = '') {
  const [first] = stripVTControlCharacters(message).split('\n');
  return [file, test, first].filter(Boolean).join(' › ');
}
