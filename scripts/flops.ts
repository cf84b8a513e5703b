import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ShotweaveError } from '../src/lib/errors.ts';
import { type ModelConfig, parseModelConfig } from '../src/model/config.ts';
import { isWanName, wanAutoencoder, wanTransformers, wanVideo } from '../src/model/wan.ts';
import { publishedWanConfig } from '../src/model/wanConfig.ts';
import { countFilmFlops, countFlops } from '../src/plan/flops.ts';
import { alignColumns, filmTable, paperTable, partTable } from '../src/plan/flopTable.ts';
import { type GeometryModel, latentFramesOf, planEvenFilm } from '../src/plan/geometry.ts';
import { memoryTable } from '../src/plan/memoryTable.ts';
import { compareWithPaper, describeComparison, paperShots } from '../src/plan/paperFigures.ts';
import { type AttentionMode, attentionModes } from '../src/plan/routing.ts';
import type { FlopCount } from '../src/plan/types.ts';

const usage = `npm run flops -- --model wan2.1-1.3b|wan2.1-14b|papercut
  [--tokens N | --seconds S]  length of the film
  [--groups M]                router groups; without it full attention for Wan, the model's own for Papercut
  [--shots N]                 equal shots that the film is cut into
  [--attention dense|moga|kmeans|moc]  moga wherever there are groups, by default
  [--width W --height H --fps F]
  [--memory]                  instead: where Wan's weights fit on adapters of 8, 16 and 24 GiB
wan2.1-1.3b without a length prints MoGA's published figures beside ours.`;

const wanNames = ['wan2.1-1.3b', 'wan2.1-14b'] as const;

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
      memory: { type: 'boolean' },
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
    memory: values.memory ?? false,
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
  if (options.memory) return printMemory(options);
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

/** GiB of the adapters that memory is planned for. */
const adapters = [8, 16, 24];

function printMemory({ model, seconds, width, height, fps, attention }: Options): string {
  const names = wanNames.filter((name) => model === undefined || name === model);
  if (names.length === 0) throw new UsageError(`--memory plans for ${wanNames.join(' and ')}.`);
  const mode = attentionModes.find((name) => name === (attention ?? 'dense'));
  if (mode === undefined) throw new UsageError(`--attention takes ${attentionModes.join(', ')}.`);
  const films = names.flatMap((name) =>
    (seconds === undefined ? [5, 30, 60] : [seconds]).map((length) => ({
      model: publishedWanConfig(name),
      width: width ?? wanVideo.width,
      height: height ?? wanVideo.height,
      fps: fps ?? wanVideo.fps,
      seconds: length,
      attention: mode,
    })),
  );
  return [
    `GiB on the GPU with guidance, ${mode === 'dense' ? 'full attention' : mode}, the light decoder: what a film works in, and the weights in each format`,
    '',
    alignColumns(memoryTable(films, adapters)),
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

  const count = countFlops(dit, film, attention);
  const lines = [
    `${options.model}, ${size.width}x${size.height} at ${size.fps} fps: ${film.frames} frames, ${film.latent.frames} latent frames, ` +
      `${film.tokens.toLocaleString('en')} tokens, ${shots === 1 ? 'one shot' : `${shots} shots`}, ${attentionWords(attention, dit.groups)}`,
    '',
    alignColumns(partTable(count)),
  ];
  if (attention !== 'dense') {
    const kept = attentionFlops(count) / attentionFlops(countFlops(dit, film, 'dense'));
    lines.push(
      '',
      `Self-attention and routing: ${(100 * (1 - kept)).toFixed(1)}% fewer FLOPs than full attention.`,
    );
  }
  if (complete !== undefined) {
    const prompts = film.shots.map(() => dit.text_len);
    const { steps } = complete.sampler;
    const whole = countFilmFlops({ ...complete, dit }, film, attention, steps, [prompts, [dit.text_len]]);
    lines.push('', `The film in ${steps} steps with guidance:`, '', alignColumns(filmTable(whole)));
  }
  return lines.join('\n');
}

function attentionWords(attention: AttentionMode, groups: number | undefined): string {
  const words = { dense: 'full attention', moga: `M=${groups}`, kmeans: 'k-means clusters', moc: 'chunks' };
  return words[attention];
}

/** Everything between the projections: finding out who attends to whom, and attending. */
function attentionFlops({ router, attention }: FlopCount): number {
  return Object.values(attention).reduce((sum, flops) => sum + flops, router);
}

function attentionOf(options: Options, groups: number | undefined): AttentionMode {
  const wanted = options.attention ?? (groups === undefined ? 'dense' : 'moga');
  const kind = attentionModes.find((mode) => mode === wanted);
  if (kind === undefined) throw new UsageError(`--attention takes ${attentionModes.join(', ')}.`);
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
