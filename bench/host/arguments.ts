import { parseArgs } from 'node:util';
import { type SuiteName, suiteNames } from '../report.ts';

export const usage =
  'npm run bench -- [--suite kernels|attention|film|minute] [--tokens N] [--groups M] [--steps N] [--json FILE] [--chart FILE] [--quick] [--node]';

export interface BenchArguments {
  suites: readonly SuiteName[];
  /** Tokens that a film of the attention suite may have; null: as many as the machine can bear. */
  maxTokens: number | null;
  /** The only number of groups to hold against dense attention; null: all that films are made with. */
  groups: number | null;
  /** Denoising steps of films; null: as many as their suite takes. */
  steps: number | null;
  /** Where to write the report. */
  jsonFile: string | null;
  /** Where to draw it. */
  chartFile: string | null;
  /** Few samples of small shapes, to see that everything works. */
  quick: boolean;
  /** Without a browser: no peer and no film. */
  node: boolean;
}

/** A minute of film takes long, so it is made only when it is asked for. */
const usualSuites = suiteNames.filter((name) => name !== 'minute');

/** Reads the command line of `npm run bench`. Throws an error whose message is the sentence for the person. */
export function parseBenchArguments(args: string[]): BenchArguments {
  const { suite, tokens, groups, steps, json, chart, quick, node } = readOptions(args);
  if (node && (suite === 'film' || suite === 'minute')) {
    throw new Error('A film needs the browser: leave out --node, or choose another suite.');
  }
  return {
    suites:
      suite === undefined ? usualSuites.filter((name) => !(node && name === 'film')) : [readSuite(suite)],
    maxTokens: readCount('--tokens', tokens),
    groups: readCount('--groups', groups),
    steps: readCount('--steps', steps),
    jsonFile: json ?? null,
    chartFile: chart ?? null,
    quick,
    node,
  };
}

function readOptions(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        suite: { type: 'string' },
        tokens: { type: 'string' },
        groups: { type: 'string' },
        steps: { type: 'string' },
        json: { type: 'string' },
        chart: { type: 'string' },
        quick: { type: 'boolean', default: false },
        node: { type: 'boolean', default: false },
      },
    }).values;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('. ')[0] : String(cause);
    throw new Error(`${reason}: ${usage}`, { cause });
  }
}

function readCount(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${option} takes a whole number above 0, not "${text}".`);
  return Number(text);
}

function readSuite(text: string): SuiteName {
  const suite = suiteNames.find((name) => name === text);
  if (suite === undefined) throw new Error(`--suite takes ${suiteNames.join(', ')}, not "${text}".`);
  return suite;
}
