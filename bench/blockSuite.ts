import type { Gpu } from '../src/engine/gpu/gpu.ts';
import { Runner } from '../src/engine/gpu/runner.ts';
import type { DitWeights } from '../src/engine/models/ditWeights.ts';
import { invariant, ShotweaveError } from '../src/lib/errors.ts';
import type { ModelConfig } from '../src/model/config.ts';
import { countFlops } from '../src/plan/flops.ts';
import type { FilmGeometry } from '../src/plan/types.ts';
import { BlockRun } from './blockRun.ts';
import { type BlockModel, blockFlops, blockModels } from './blockShapes.ts';
import { sampleInTurns, timesAsLong } from './measure.ts';
import { randomDitWeights, withRandomRouters } from './randomWeights.ts';
import type { BlockResult, Growth } from './report.ts';
import { median } from './statistics.ts';

export interface BlockSuite {
  quick: boolean;
  /** Tokens that a film may have. */
  maxTokens: number;
  /** The only number of groups; null for all. */
  groups: number | null;
  /** The built-in model. */
  papercut: ModelConfig;
  progress: (text: string) => void;
}

interface Outcome {
  blocks: BlockResult[];
  notes: string[];
}

const manySamples = 5;
/**
 * A block that takes longer than the first is run once, and one that takes longer than the second not at all; one that
 * takes longer than the third is not held against a shorter film.
 */
const patience = { manyMs: 60_000, onceMs: 300_000, growthMs: 12_000 };

/** Times one transformer block with dense attention and with groups, over longer and longer films. */
export async function runBlockSuite(outer: Gpu, suite: BlockSuite): Promise<Outcome> {
  const runner = new Runner(outer);
  const outcome: Outcome = { blocks: [], notes: [] };
  const models = blockModels(suite.papercut, outer.traits.software, suite);
  if (models.length === 0) throw new Error('No film is that short: give --tokens more, 1020 at least.');
  for (const model of models) {
    const gpu = outer.scope();
    try {
      await runModel(gpu, runner, model, suite, outcome);
    } finally {
      gpu.freeAll();
    }
  }
  return outcome;
}

/** A model at one number of groups; null is dense. */
interface Variant {
  groups: number | null;
  config: ModelConfig;
  weights: DitWeights;
}

/** A block that is about to be timed. */
interface Candidate {
  groups: number | null;
  flops: number;
  run: BlockRun;
  samples: number;
}

async function runModel(
  gpu: Gpu,
  runner: Runner,
  model: BlockModel,
  { progress }: BlockSuite,
  { blocks, notes }: Outcome,
): Promise<void> {
  const variants = variantsOf(gpu, model);
  let shorter: readonly Candidate[] = [];
  for (const [index, film] of model.films.entries()) {
    const what = `${model.name}, ${describeFilm(film)}`;
    const candidates = candidatesOf(gpu, runner, variants, film, (attention, seconds) =>
      notes.push(`Left out: ${what}, ${attention}; one pass would take about ${seconds} s.`),
    );
    try {
      if (index === 0) {
        progress(`block: ${model.name}, compiling`);
        for (const { run } of candidates) await run.time();
      }
      progress(`block: ${what}`);
      const timed = await timeBlocks(model, film, candidates);
      progress(`block: ${what}, growth`);
      for (const block of timed) {
        const is = ({ groups }: Candidate) => groups === block.groups;
        const [longer, before] = [candidates.find(is), shorter.find(is)];
        if (longer && before && block.timing.ms < patience.growthMs) {
          block.growth = await growthOf(longer, before);
        }
      }
      blocks.push(...timed);
      shorter = candidates;
    } catch (error) {
      const fault = await runner.faultBehind(error);
      if (!(fault instanceof ShotweaveError && fault.code === 'gpu-out-of-memory')) throw fault;
      notes.push(`Left out: ${what}, which this adapter has no room for.`);
    }
  }
}

/** All variants share their weights, but for the router. */
function variantsOf(gpu: Gpu, { config, groups }: BlockModel): Variant[] {
  const weights = randomDitWeights(gpu, config.dit);
  return [
    { groups: null, config, weights },
    ...groups.map((count) => ({
      groups: count,
      config: { ...config, dit: { ...config.dit, groups: count } },
      weights: withRandomRouters(gpu, weights, config.dit.dim, count),
    })),
  ];
}

/** The blocks that this machine can bear, by the speed that it has shown so far. */
function candidatesOf(
  gpu: Gpu,
  runner: Runner,
  variants: readonly Variant[],
  film: FilmGeometry,
  leaveOut: (attention: string, seconds: number) => void,
): Candidate[] {
  return variants.flatMap(({ groups, config, weights }) => {
    const mode = groups === null ? 'dense' : 'moga';
    const flops = blockFlops(countFlops(config.dit, film, mode), config.dit, film.tokens);
    const expectedMs = flops / runner.flopsPerMs;
    if (expectedMs > patience.onceMs) {
      leaveOut(groups === null ? 'dense' : `M = ${groups}`, Math.round(expectedMs / 1e3));
      return [];
    }
    const run = new BlockRun(gpu, runner, config, weights, film, mode);
    return { groups, flops, run, samples: expectedMs > patience.manyMs ? 1 : manySamples };
  });
}

/** Times the candidates in turns, those that take very long only once. */
async function timeBlocks(
  model: BlockModel,
  film: FilmGeometry,
  candidates: readonly Candidate[],
): Promise<BlockResult[]> {
  const blocks: BlockResult[] = [];
  for (const samples of [manySamples, 1]) {
    const equals = candidates.filter((candidate) => candidate.samples === samples);
    for (const { run } of equals) run.forget();
    const timings = await sampleInTurns(
      equals.map(({ run }) => ({ contestant: run, repeats: 1 })),
      samples,
    );
    for (const [i, timing] of timings.entries()) {
      const candidate = equals[i];
      invariant(candidate, 'a timing belongs to nobody');
      const { groups, flops, run } = candidate;
      blocks.push({
        model: model.name,
        width: model.config.dit.dim,
        tokens: film.tokens,
        shots: film.shots.length,
        ...{ groups, flops, timing, growth: null },
        sortMs: groups === null ? null : median(run.sortMs),
        imbalance: run.imbalance,
      });
    }
  }
  return blocks;
}

/** A block's growth since the same block over a shorter film. */
async function growthOf(longer: Candidate, shorter: Candidate): Promise<Growth> {
  const { ratio, spread, samples } = await timesAsLong(longer.run, shorter.run, manySamples);
  return { ofFlops: ratio / (longer.flops / shorter.flops), spread, samples };
}

function describeFilm({ tokens, shots }: FilmGeometry): string {
  return `${tokens.toLocaleString('en')} tokens, ${shots.length === 1 ? 'one shot' : `${shots.length} shots`}`;
}
