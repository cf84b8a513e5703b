import { parseArgs } from 'node:util';
import { type SuiteName, suiteNames } from '../report.ts';

export const usage =
  'npm run bench -- [--suite kernels|attention|film|minute] [--json FILE] [--chart FILE] [--quick] [--node]';

export interface BenchArguments {
  suites: readonly SuiteName[];
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
  const { suite, json, chart, quick, node } = readOptions(args);
  if (node && (suite === 'film' || suite === 'minute')) {
    throw new Error('A film needs the browser: leave out --node, or choose another suite.');
  }
  return {
    suites:
      suite === undefined ? usualSuites.filter((name) => !(node && name === 'film')) : [readSuite(suite)],
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

function readSuite(text: string): SuiteName {
  const suite = suiteNames.find((name) => name === text);
  if (suite === undefined) throw new Error(`--suite takes ${suiteNames.join(', ')}, not "${text}".`);
  return suite;
}
