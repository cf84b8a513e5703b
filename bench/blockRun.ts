import type { Dispatch, Gpu } from '../src/engine/gpu/gpu.ts';
import type { Command, Runner } from '../src/engine/gpu/runner.ts';
import type { AttentionMode } from '../src/engine/models/branches.ts';
import { Dit } from '../src/engine/models/dit.ts';
import type { DitWeights } from '../src/engine/models/ditWeights.ts';
import { randomFloats } from '../src/engine/testing/random.ts';
import { invariant } from '../src/lib/errors.ts';
import type { ModelConfig } from '../src/model/config.ts';
import { planFor } from '../src/plan/index.ts';
import { crossSegments } from '../src/plan/segments.ts';
import type { FilmGeometry } from '../src/plan/types.ts';
import { type Contestant, dispatched, timed } from './measure.ts';

/** The dispatches that choose groups and sort tokens by them; the gather itself is part of attention. */
const sortLabels = new Set(['route', 'group_count', 'group_scan', 'group_scatter']);
/** The sort is over in no time, so it is timed many times in one submission. */
const sortRepeats = 10;

/** One transformer block over one film, through the engine's own program and runner. */
export class BlockRun implements Contestant {
  /** Milliseconds of router and sort, one value a sample. */
  readonly sortMs: number[] = [];
  /** Pairs of the routed branch over those of equal groups, as last seen; null without groups. */
  imbalance: number | null = null;
  readonly #gpu: Gpu;
  readonly #runner: Runner;
  readonly #config: ModelConfig;
  readonly #weights: DitWeights;
  readonly #film: FilmGeometry;
  readonly #mode: AttentionMode;

  constructor(
    gpu: Gpu,
    runner: Runner,
    config: ModelConfig,
    weights: DitWeights,
    film: FilmGeometry,
    mode: AttentionMode,
  ) {
    this.#gpu = gpu;
    this.#runner = runner;
    this.#config = config;
    this.#weights = weights;
    this.#film = film;
    this.#mode = mode;
  }

  /** Drops what was measured of the sort so far. */
  forget(): void {
    this.sortMs.length = 0;
  }

  /** Buffers live for one sample only: several films at once would not fit. */
  async time(): Promise<number> {
    const gpu = this.#gpu.scope();
    try {
      const { before, block, group } = await this.#program(gpu);
      await this.#runner.run(before);
      const ms = await timed(gpu.device, () => this.#runner.run(block));
      const sort = block.filter(isSort);
      if (sort.length > 0) {
        this.sortMs.push((await dispatched(gpu, sort).time(sortRepeats)) / sortRepeats);
        const chosen = group && new Uint32Array(await gpu.read(group), 0, this.#film.tokens);
        if (chosen) this.imbalance = imbalanceOf(chosen, this.#config.dit.groups ?? 1);
      }
      return ms;
    } finally {
      gpu.freeAll();
    }
  }

  /** The forward pass, cut where the first block starts and ends. */
  async #program(gpu: Gpu): Promise<{ before: Command[]; block: Command[]; group: GPUBuffer | null }> {
    const { dit: config } = this.#config;
    const { latent, shots } = this.#film;
    const plan = planFor(this.#film, this.#config, {
      bindingBytes: gpu.device.limits.maxStorageBufferBindingSize,
      dispatchFlops: gpu.traits.dispatchFlops,
    });
    const dit = await Dit.create(gpu, config, this.#weights, this.#film, plan.chunks, this.#mode);
    await dit.times.embed(this.#runner, [500]);
    const lengths = shots.map(() => config.text_len);
    const rows = shots.length * config.text_len;
    const features = gpu.upload('text', randomFloats(10, rows * config.text_dim));
    const segments = crossSegments(this.#film, lengths);
    const text = dit.textContext(segments, rows);
    const prompts = lengths.map((length) => new Uint32Array(length));
    await dit.fillText(text, this.#runner, { features, prompts, lengths, rows });
    const values = latent.frames * latent.height * latent.width * latent.channels;
    const noise = gpu.upload('latent', randomFloats(11, values));
    const velocity = gpu.buffer('velocity', values * 4);

    const marks = new Map<string, { command: Command; from: GPUBuffer }>();
    const scratch = gpu.buffer('mark', 16);
    const forward = await dit.forward(noise, text, velocity, (name, from) => {
      const command = { from, to: scratch, bytes: 4 };
      marks.set(name, { command, from });
      return command;
    });
    const at = (name: string): number => {
      const mark = marks.get(name);
      invariant(mark, `the forward pass tells of no "${name}"`);
      return forward.indexOf(mark.command);
    };
    const isMark = (command: Command) => [...marks.values()].some((mark) => mark.command === command);
    return {
      before: [...(await dit.times.select(0)), ...forward.slice(0, at('tokens'))],
      block: forward.slice(at('tokens'), at('block0')).filter((command) => !isMark(command)),
      group: marks.get('group0')?.from ?? null,
    };
  }
}

function isSort(command: Command): command is Dispatch {
  return 'pipeline' in command && sortLabels.has(command.label);
}

/** Pairs inside the groups over those of as many groups of equal size: the work that the router adds to the plan. */
export function imbalanceOf(chosen: Uint32Array, groups: number): number {
  const sizes = new Float64Array(groups);
  for (const group of chosen) sizes[group] = (sizes[group] ?? 0) + 1;
  const pairs = sizes.reduce((sum, size) => sum + size ** 2, 0);
  return (pairs * groups) / chosen.length ** 2;
}
