import { expect, it } from 'vitest';
import { playwrightFailures, vitestFailures } from './failures.mjs';

it('names Vitest’s failed tests and the files that could not be loaded', () => {
  const testResults = [
    {
      name: '/repo/src/a.test.ts',
      status: 'failed',
      assertionResults: [
        { fullName: 'a passes', status: 'passed', failureMessages: [] },
        {
          fullName: 'a fails',
          status: 'failed',
          failureMessages: ['\u001b[31mexpected 1\u001b[39m\n  at a.ts'],
        },
        { fullName: 'a says nothing', status: 'failed', failureMessages: null },
      ],
    },
    { name: '/repo/src/b.test.ts', status: 'failed', message: 'no such module', assertionResults: [] },
    { name: '/repo/src/c.test.ts', status: 'passed', assertionResults: [] },
  ];
  expect(vitestFailures({ testResults }, '/repo')).toEqual([
    'src/a.test.ts › a fails › expected 1',
    'src/a.test.ts › a says nothing',
    'src/b.test.ts › no such module',
  ]);
});

it('names Playwright’s failed tests, however deep, and errors outside of tests', () => {
  const spec = (title: string, ...messages: (string | undefined)[]) => ({
    title,
    file: 'film.spec.ts',
    ok: messages.length === 0,
    tests: [{ results: messages.map((message) => (message === undefined ? {} : { error: { message } })) }],
  });
  const suites = [
    {
      specs: [spec('passes'), spec('fails', undefined, 'timed out\ncall log')],
      suites: [{ specs: [spec('fails too', 'lost')] }],
    },
  ];
  expect(playwrightFailures({ suites, errors: [{ message: 'no server' }] })).toEqual([
    'film.spec.ts › fails › timed out',
    'film.spec.ts › fails too › lost',
    'no server',
  ]);
});
