import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled } from './dependencies.mjs';
import { playwrightFailures, vitestFailures } from './failures.mjs';
import { runPackage } from './run.mjs';
import { ensureSystemPackages } from './systemPackages.mjs';
import { playwrightTotals, sum, totalsLine, vitestTotals, withStatus } from './totals.mjs';

/** @typedef {import('./totals.mjs').Totals} Totals */
/** @typedef {(reportFile: string) => Promise<number>} RunPart runs a part, or a share of it, and gives its exit status */
/** @typedef {{ totals: Totals, failures: string[] }} Outcome */
/**
 * @typedef {{ runs: RunPart[], read?: (report: string) => Outcome }} Part its second run begins once the light parts
 * are done
 */

/**
 * @param {string} project
 * @param {string[]} [options]
 * @param {Record<string, string>} [env]
 * @returns {RunPart}
 */
const vitest =
  (project, options = [], env = {}) =>
  (reportFile) =>
    runPackage(
      'vitest/vitest.mjs',
      [
        ...['run', '--project', project, ...options],
        ...['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`],
      ],
      { env },
    );

const readVitest = (/** @type {string} */ text) => {
  const report = JSON.parse(text);
  return { totals: vitestTotals(report), failures: vitestFailures(report) };
};

const readPlaywright = (/** @type {string} */ text) => {
  const report = JSON.parse(text);
  return { totals: playwrightTotals(report), failures: playwrightFailures(report) };
};

/** @type {Outcome} of a part that broke down before it wrote a report, or writes none */
const untold = { totals: sum([]), failures: [] };

/** @type {[string, Part][]} in the order in which they are told of */
const parts = [
  ['types', { runs: [() => runPackage('typescript/bin/tsc', ['--noEmit', '-p', '.'])] }],
  ['lint', { runs: [() => runPackage('@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.'])] }],
  ['unit', { runs: [vitest('unit')], read: readVitest }],
  [
    'gpu',
    {
      // A browser compiles one kernel at a time: two browsers keep two cores busy.
      runs: [
        vitest('gpu', ['--shard=1/2']),
        vitest('gpu', ['--shard=2/2'], { VITE_CACHE: 'node_modules/.vite-second' }),
      ],
      read: readVitest,
    },
  ],
  [
    'e2e',
    {
      runs: [
        (reportFile) =>
          runPackage(
            '@playwright/test/cli.js',
            ['test', '--config', 'e2e/playwright.config.ts', '--reporter=list,json'],
            {
              env: { PLAYWRIGHT_JSON_OUTPUT_FILE: reportFile },
            },
          ),
      ],
      read: readPlaywright,
    },
  ],
];

/** Parts without a browser, which run beside each other and beside those that wait for a GPU most of the time. */
const light = ['types', 'lint', 'unit'];

/**
 * Runs the tests; the last lines printed name what failed and tell the sum.
 *
 * @param {string[]} args `--only unit,gpu` runs these parts
 * @returns {Promise<number>} exit status: 0 only when everything passed
 */
export async function test(args) {
  const chosen = chooseParts(args);
  await ensureInstalled();
  await ensureSystemPackages();

  const reports = await mkdtemp(join(tmpdir(), 'shotweave-test-'));
  /** @type {(Outcome & { name: string, seconds: number, status: number })[]} */
  let results = [];
  try {
    const beside = Promise.all(
      chosen
        .filter(([name]) => light.includes(name))
        .map(([name, part]) => runPart(name, part, reports, Promise.resolve())),
    );
    /** @type {typeof results} */
    const heavy = [];
    for (const [name, part] of chosen.filter(([name]) => !light.includes(name))) {
      // A journey through the page has the machine to itself.
      if (name === 'e2e') await beside;
      heavy.push(await runPart(name, part, reports, beside));
    }
    results = [...(await beside), ...heavy];
  } finally {
    await rm(reports, { recursive: true, force: true });
  }

  console.log('');
  for (const failure of results.flatMap(({ failures }) => failures)) console.log(`failed: ${failure}`);
  for (const { name, seconds, status, totals } of results) {
    const counted = totals.passed + totals.failed + totals.skipped > 0 ? totalsLine(totals) : '';
    console.log(
      `${name.padEnd(6)}${status === 0 ? 'ok    ' : 'FAILED'}${seconds.toFixed(1).padStart(8)} s  ${counted}`,
    );
  }
  const total = sum(results.map(({ totals }) => totals));
  console.log(totalsLine(total));
  return total.failed === 0 ? 0 : 1;
}

/**
 * @param {string} name
 * @param {Part} part
 * @param {string} reports folder for its reports
 * @param {Promise<unknown>} free when a second core is
 */
async function runPart(name, { runs, read }, reports, free) {
  console.log(`\n${name}`);
  const begun = performance.now();
  const shares = await Promise.all(
    runs.map(async (run, index) => {
      if (index > 0) await free;
      const reportFile = join(reports, `${name}${index}.json`);
      const status = await run(reportFile);
      const { totals, failures } = read ? await readOutcome(reportFile, read) : untold;
      return { status, totals: withStatus(status, totals), failures };
    }),
  );
  return {
    name,
    seconds: (performance.now() - begun) / 1000,
    status: Math.max(...shares.map(({ status }) => status)),
    totals: sum(shares.map(({ totals }) => totals)),
    failures: shares.flatMap(({ failures }) => failures),
  };
}

/**
 * @param {string[]} args
 * @returns {[string, Part][]}
 */
function chooseParts(args) {
  const { values } = parseArgs({ args, options: { only: { type: 'string' } } });
  if (values.only === undefined) return parts;
  const known = parts.map(([name]) => name);
  const names = values.only.split(',');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Error(`There is no part "${unknown}": choose from ${known.join(', ')}.`);
  }
  return parts.filter(([name]) => names.includes(name));
}

/**
 * @param {string} file
 * @param {(report: string) => Outcome} read
 * @returns {Promise<Outcome>}
 */
async function readOutcome(file, read) {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? untold : read(text);
}
