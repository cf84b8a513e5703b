import { parseArgs } from 'node:util';
import { attentionModes } from '../../src/plan/routing.ts';
import { limits, type Storyboard } from '../../src/storyboard/document.ts';

export const usage =
  'npm run render -- STORYBOARD.json OUT.mp4 [--steps N] [--seed N] [--attention dense|moga|kmeans|moc] [--json]';

export interface RenderArguments {
  storyboardFile: string;
  filmFile: string;
  /** What takes the place of the storyboard's own settings. */
  overrides: Partial<Pick<Storyboard, 'steps' | 'seed' | 'attention'>>;
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
  const { steps, seed, attention, json } = values;
  return {
    storyboardFile,
    filmFile,
    overrides: {
      ...(steps !== undefined && { steps: readWhole('--steps', steps, limits.steps) }),
      ...(seed !== undefined && { seed: readWhole('--seed', seed, limits.seed) }),
      ...(attention !== undefined && { attention: readAttention(attention) }),
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
        attention: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('. ')[0] : String(cause);
    throw new Error(`${reason}: ${usage}`, { cause });
  }
}

function readWhole(option: string, text: string, { min, max }: { min: number; max: number }): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new Error(`${option} takes a whole number from ${min} to ${max}, not "${text}".`);
}

function readAttention(text: string): Storyboard['attention'] {
  const mode = attentionModes.find((name) => name === text);
  if (mode) return mode;
  throw new Error(`--attention takes ${attentionModes.join(', ')}, not "${text}".`);
}
