import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ShotweaveError } from '../src/lib/errors.ts';
import { type ModelConfig, parseModelConfig } from '../src/model/config.ts';
import { isWanName, wanAutoencoder, wanTransformers, wanVideo } from '../src/model/wan.ts';
import { type AttentionKind, countFilmFlops, countFlops } from '../src/plan/flops.ts';
import { alignColumns, filmTable, paperTable, partTable } from '../src/plan/flopTable.ts';
import { type GeometryModel, latentFramesOf, planEvenFilm } from '../src/plan/geometry.ts';
import { compareWithPaper, describeComparison, paperShots } from '../src/plan/paperFigures.ts';

const usage = `npm run flops -- --model wan2.1-1.3b|wan2.1-14b|papercut
  [--tokens N | --seconds S]  length of the film
  [--groups M]                router groups; without it full attention for Wan, the model's own for Papercut
  [--shots N]                 equal shots that the film is cut into
  [--attention moga|dense]    moga wherever there are groups, by default
  [--width W --height H --fps F]
wan2.1-1.3b without a length prints MoGA's published figures beside ours.`;

class UsageError extends Error {}

const defaults = { papercut: { width: 320, height: 192, fps: 24 }, wan: wanVideo, seconds: 5 };

function readOptions() {
  const option = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      model: option,
      tokens: option,
      groups: option,
      width: option,
      height: option,
      seconds: option,
      fps: option,
      shots: option,
      attention: option,
      help: { type: 'boolean' },
    },
  });
  const whole = (name: string, text: string | undefined) => {
    const value = number(name, text);
    if (value !== undefined && !Number.isInteger(value))
      throw new UsageError(`--${name} takes a whole number.`);
    return value;
  };
  return {
    help: values.help ?? false,
    model: values.model,
    attention: values.attention,
    tokens: whole('tokens', values.tokens),
    groups: whole('groups', values.groups),
    width: whole('width', values.width),
    height: whole('height', values.height),
    fps: whole('fps', values.fps),
    shots: whole('shots', values.shots),
    seconds: number('seconds', values.seconds),
  };
}

type Options = ReturnType<typeof readOptions>;

function number(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new UsageError(`--${name} takes a number above zero.`);
  return value;
}

function run(options: Options): string {
  const { model } = options;
  if (model === 'wan2.1-1.3b' && options.tokens === undefined && options.seconds === undefined) {
    return printPaper(options);
  }
  if (model === 'papercut') {
    const url = new URL('../public/models/papercut/config.json', import.meta.url);
    const config = parseModelConfig(JSON.parse(readFileSync(url, 'utf8')));
    return printFilm(options, config, defaults.papercut, config);
  }
  if (model !== undefined && isWanName(model)) {
    return printFilm(options, { dit: wanTransformers[model], ae: wanAutoencoder }, defaults.wan);
  }
  throw new UsageError('--model takes wan2.1-1.3b, wan2.1-14b or papercut.');
}

function printPaper(options: Options): string {
  const size = [options.width, options.height, options.fps, options.groups, options.attention];
  if (size.some((value) => value !== undefined)) {
    throw new UsageError(
      'Give --tokens or --seconds as well: the published figures have a size and groups of their own.',
    );
  }
  const shots = options.shots ?? paperShots;
  const rows = compareWithPaper(shots);
  return [
    `Wan2.1-1.3B, one forward pass in PFLOPs, beside MoGA (arXiv 2510.18692, Table 5); grouped films of ${shots} equal shots`,
    '',
    alignColumns(paperTable(rows)),
    '',
    describeComparison(rows),
  ].join('\n');
}

function printFilm(
  options: Options,
  model: GeometryModel & Pick<ModelConfig, 'dit'>,
  standard: { width: number; height: number; fps: number },
  complete?: ModelConfig,
): string {
  const size = {
    width: options.width ?? standard.width,
    height: options.height ?? standard.height,
    fps: options.fps ?? standard.fps,
  };
  const shots = options.shots ?? 1;
  const film = planEvenFilm(size, latentFrames(options, size, model), shots, model);
  const dit = { ...model.dit, groups: options.groups ?? model.dit.groups };
  const attention = attentionOf(options, dit.groups);

  const lines = [
    `${options.model}, ${size.width}x${size.height} at ${size.fps} fps: ${film.frames} frames, ${film.latent.frames} latent frames, ` +
      `${film.tokens.toLocaleString('en')} tokens, ${shots === 1 ? 'one shot' : `${shots} shots`}, ${attention === 'dense' ? 'full attention' : `M=${dit.groups}`}`,
    '',
    alignColumns(partTable(countFlops(dit, film, attention))),
  ];
  if (complete !== undefined) {
    const prompts = film.shots.map(() => dit.text_len);
    const { steps } = complete.sampler;
    const whole = countFilmFlops({ ...complete, dit }, film, attention, steps, [prompts, prompts]);
    lines.push('', `The film in ${steps} steps with guidance:`, '', alignColumns(filmTable(whole)));
  }
  return lines.join('\n');
}

function attentionOf(options: Options, groups: number | undefined): AttentionKind {
  const kind = options.attention ?? (groups === undefined ? 'dense' : 'moga');
  if (kind !== 'moga' && kind !== 'dense') throw new UsageError('--attention takes moga or dense.');
  if (kind === 'moga' && groups === undefined)
    throw new UsageError('--attention moga needs --groups for Wan.');
  return kind;
}

function latentFrames(
  options: Options,
  size: { width: number; height: number; fps: number },
  model: GeometryModel,
): number {
  if (options.tokens === undefined) {
    return latentFramesOf(options.seconds ?? defaults.seconds, size.fps, model.ae.temporal);
  }
  if (options.seconds !== undefined) throw new UsageError('Give --tokens or --seconds, not both.');
  const { tokensPerFrame } = planEvenFilm(size, 1, 1, model);
  const frames = options.tokens / tokensPerFrame;
  if (!Number.isInteger(frames)) {
    throw new UsageError(
      `--tokens takes a multiple of ${tokensPerFrame}, the tokens of one latent frame at ${size.width}x${size.height}.`,
    );
  }
  return frames;
}

/** parseArgs reports a wrong option as a TypeError with a code of its own. */
function isUsageFault(error: unknown): error is Error {
  return (
    error instanceof UsageError ||
    (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
  );
}

try {
  const options = readOptions();
  console.log(options.help ? usage : run(options));
} catch (error) {
  if (isUsageFault(error)) {
    console.error(`${error.message}\n\n${usage}`);
    process.exitCode = 2;
  } else if (error instanceof ShotweaveError) {
    console.error(error.message);
    process.exitCode = 1;
  } else {
    throw error;
  }
}
