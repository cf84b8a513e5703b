import type { Gpu } from '../src/engine/gpu/gpu.ts';
import { Runner } from '../src/engine/gpu/runner.ts';
import { ShotweaveError } from '../src/lib/errors.ts';
import type { ModelConfig } from '../src/model/config.ts';
import { countFlops } from '../src/plan/flops.ts';
import type { FilmGeometry } from '../src/plan/types.ts';
import { BlockRun } from './blockRun.ts';
import { type BlockModel, blockFlops, blockModels } from './blockShapes.ts';
import { sampleInTurns } from './measure.ts';
import { randomDitWeights } from './randomWeights.ts';
import type { BlockResult } from './report.ts';
import { median } from './statistics.ts';

export interface BlockSuite {
  quick: boolean;
  /** The built-in model. */
  papercut: ModelConfig;
  progress: (text: string) => void;
}

interface Outcome {
  blocks: BlockResult[];
  notes: string[];
}

const samples = 5;
/** A block that takes longer than this is run once, and one that takes longer than the second not at all. */
const patience = { manyMs: 40_000, onceMs: 300_000 };

/** Times one transformer block with dense attention and with groups, over longer and longer films. */
export async function runBlockSuite(outer: Gpu, suite: BlockSuite): Promise<Outcome> {
  const runner = new Runner(outer);
  const outcome: Outcome = { blocks: [], notes: [] };
  for (const model of blockModels(suite.papercut, outer.traits.software, suite.quick)) {
    const gpu = outer.scope();
    try {
      await runModel(gpu, runner, model, suite, outcome);
    } finally {
      gpu.freeAll();
    }
  }
  return outcome;
}

async function runModel(
  gpu: Gpu,
  runner: Runner,
  model: BlockModel,
  suite: BlockSuite,
  outcome: Outcome,
): Promise<void> {
  const weights = new Map(
    [null, ...model.groups].map((groups) => {
      const config = withGroups(model.config, groups);
      return [groups, { config, weights: randomDitWeights(gpu, config.dit) }] as const;
    }),
  );
  for (const [index, film] of model.films.entries()) {
    const runs: { groups: number | null; flops: number; run: BlockRun; once: boolean }[] = [];
    for (const [groups, { config, weights: dit }] of weights) {
      const flops = flopsOf(config.dit, film, groups);
      const expectedMs = flops / runner.flopsPerMs;
      const what = `${model.name}, ${describeFilm(film)}, ${describeAttention(groups)}`;
      if (expectedMs > patience.onceMs) {
        outcome.notes.push(`Left out: ${what}; one pass would take about ${Math.round(expectedMs / 1e3)} s.`);
        continue;
      }
      const run = new BlockRun(gpu, runner, config, dit, film, groups === null ? 'dense' : 'moga');
      runs.push({ groups, flops, run, once: expectedMs > patience.manyMs });
    }
    try {
      if (index === 0) {
        suite.progress(`block: ${model.name}, compiling`);
        for (const { run } of runs) await run.time();
      }
      suite.progress(`block: ${model.name}, ${describeFilm(film)}`);
      for (const once of [false, true]) {
        const group = runs.filter((run) => run.once === once);
        for (const { run } of group) run.forget();
        const timings = await sampleInTurns(
          group.map(({ run }) => ({ contestant: run, repeats: 1 })),
          once ? 1 : samples,
        );
        for (const [i, { groups, flops, run }] of group.entries()) {
          const timing = timings[i];
          if (timing === undefined) continue;
          outcome.blocks.push({
            model: model.name,
            width: model.config.dit.dim,
            tokens: film.tokens,
            shots: film.shots.length,
            groups,
            flops,
            timing,
            sortMs: groups === null ? null : median(run.sortMs),
            imbalance: run.imbalance,
          });
        }
      }
    } catch (error) {
      if (!(error instanceof ShotweaveError && error.code === 'gpu-out-of-memory')) throw error;
      outcome.notes.push(
        `Left out: ${model.name}, ${describeFilm(film)}, which this adapter has no room for.`,
      );
    }
  }
}

function withGroups(config: ModelConfig, groups: number | null): ModelConfig {
  const { groups: _, ...dense } = config.dit;
  return { ...config, dit: groups === null ? dense : { ...dense, groups } };
}

function flopsOf(dit: ModelConfig['dit'], film: FilmGeometry, groups: number | null): number {
  return blockFlops(countFlops(dit, film, groups === null ? 'dense' : 'moga'), dit, film.tokens);
}

function describeFilm({ tokens, shots }: FilmGeometry): string {
  return `${tokens.toLocaleString('en')} tokens, ${shots.length === 1 ? 'one shot' : `${shots.length} shots`}`;
}

function describeAttention(groups: number | null): string {
  return groups === null ? 'dense' : `M = ${groups}`;
}
