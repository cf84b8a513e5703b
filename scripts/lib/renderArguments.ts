import { parseArgs } from 'node:util';
import { solver } from '../../src/model/config.ts';
import { attentionModes } from '../../src/plan/routing.ts';
import { limits, type Storyboard } from '../../src/storyboard/document.ts';

export const usage = [
  'npm run render -- STORYBOARD.json OUT.mp4 [--steps N] [--seed N] [--guidance X] [--guidance-every N]',
  `[--sampler ${solver.options.join('|')}] [--shift X] [--attention ${attentionModes.join('|')}] [--json]`,
].join(' ');

export interface RenderArguments {
  storyboardFile: string;
  filmFile: string;
  /** What takes the place of the storyboard's own settings. */
  overrides: Partial<
    Pick<Storyboard, 'steps' | 'seed' | 'guidance' | 'guidanceEvery' | 'sampler' | 'shift' | 'attention'>
  >;
  /** Print one line of facts for programs at the end. */
  json: boolean;
}

/** Reads the command line of `npm run render`. Throws an error whose message is the sentence for the person. */
export function parseRenderArguments(args: string[]): RenderArguments {
  const { values, positionals } = readOptions(args);
  const [storyboardFile, filmFile, ...rest] = positionals;
  if (storyboardFile === undefined || filmFile === undefined || rest.length > 0) {
    throw new Error(`Name a storyboard and the film to write: ${usage}`);
  }
  const { steps, seed, guidance, sampler, shift, attention, json } = values;
  const every = values['guidance-every'];
  return {
    storyboardFile,
    filmFile,
    overrides: {
      ...(steps !== undefined && { steps: readWhole('--steps', steps, limits.steps) }),
      ...(seed !== undefined && { seed: readWhole('--seed', seed, limits.seed) }),
      ...(guidance !== undefined && { guidance: readNumber('--guidance', guidance, limits.guidance) }),
      ...(every !== undefined && {
        guidanceEvery: readWhole('--guidance-every', every, limits.guidanceEvery),
      }),
      ...(sampler !== undefined && { sampler: readName('--sampler', sampler, solver.options) }),
      ...(shift !== undefined && { shift: readNumber('--shift', shift, limits.shift) }),
      ...(attention !== undefined && { attention: readName('--attention', attention, attentionModes) }),
    },
    json,
  };
}

function readOptions(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        steps: { type: 'string' },
        seed: { type: 'string' },
        guidance: { type: 'string' },
        'guidance-every': { type: 'string' },
        sampler: { type: 'string' },
        shift: { type: 'string' },
        attention: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('. ')[0] : String(cause);
    throw new Error(`${reason}: ${usage}`, { cause });
  }
}

interface Range {
  min: number;
  max: number;
}

function readWhole(option: string, text: string, { min, max }: Range): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new Error(`${option} takes a whole number from ${min} to ${max}, not "${text}".`);
}

function readNumber(option: string, text: string, { min, max }: Range): number {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new Error(`${option} takes a number from ${min} to ${max}, not "${text}".`);
}

function readName<Name extends string>(option: string, text: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === text);
  if (found !== undefined) return found;
  throw new Error(`${option} takes ${names.join(', ')}, not "${text}".`);
}
