import type { Gpu } from '../../src/engine/gpu/gpu.ts';
import { Runner } from '../../src/engine/gpu/runner.ts';
import { Dit, type Trace } from '../../src/engine/models/dit.ts';
import { gaussianNoise } from '../../src/engine/noise.ts';
import { FilmSampler } from '../../src/engine/sampling/filmSampler.ts';
import { fetchBytes, papercutFiles } from '../../src/engine/testing/papercut.ts';
import { loadPapercut } from '../../src/engine/testing/tinyFilm.ts';
import { latentGeometry, type WanCase, wanVelocities } from '../../src/engine/testing/wanForward.ts';
import { createTokenizer, parseVocabulary } from '../../src/model/tokenizer.ts';
import { planFilm } from '../../src/plan/index.ts';
import { crossSegments } from '../../src/plan/segments.ts';
import type { FilmGeometry } from '../../src/plan/types.ts';

/** Queries, keys and values of one block in one step of a dense run, [tokens, heads, head size] each. */
export interface Activations {
  q: GPUBuffer;
  k: GPUBuffer;
  v: GPUBuffer;
  geometry: FilmGeometry;
  heads: number;
  headSize: number;
}

/** Takes one block's activations at a time, for all of a film's would fill the GPU. */
export type Taker = (name: string, activations: Activations) => Promise<void>;

const shots = [
  'wide shot of a red sailboat on the sea at sunset',
  'close up of the red sailboat in the rain, camera pans left',
  'a blue whale in the sea at night',
  'wide shot of a red sailboat on the sea at night',
  'close up of a blue whale, camera pans left',
  'a red sailboat on the sea at sunset, camera pans left',
];
const blocks = [1, 4, 6];
const steps = 10;
/** Of the steps that a routing would take over: after the dense ones. */
const tracedSteps = [3, 8];

/** Copies of the activations of some blocks, each in buffers of its own. */
class Copies {
  readonly #gpu: Gpu;
  readonly #blocks: readonly number[];
  readonly #buffers = new Map<string, GPUBuffer>();

  constructor(gpu: Gpu, traced: readonly number[]) {
    this.#gpu = gpu;
    this.#blocks = traced;
  }

  readonly trace: Trace = (name, from, bytes) => {
    const [, tensor, block] = /^([qkv])(\d+)$/.exec(name) ?? [];
    if (tensor === undefined || !this.#blocks.includes(Number(block))) return null;
    const to = this.#gpu.buffer(`copy of ${name}`, bytes);
    this.#buffers.set(name, to);
    return { from, to, bytes };
  };

  of(block: number): Pick<Activations, 'q' | 'k' | 'v'> {
    const [q, k, v] = ['q', 'k', 'v'].map((name) => this.#buffers.get(`${name}${block}`));
    if (!(q && k && v)) throw new Error(`Block ${block} was not traced.`);
    return { q, k, v };
  }
}

/** Runs Papercut densely over a film of six shots. */
export async function papercutActivations(gpu: Gpu, take: Taker): Promise<void> {
  const files = await papercutFiles();
  const vocabulary = JSON.parse(await (await fetchBytes('/models/papercut/vocab.json')).text());
  const { config } = files;
  const tokenizer = createTokenizer(parseVocabulary(vocabulary), config.text_encoder);
  const model = await loadPapercut(gpu, files);
  const seconds = (4 * config.ae.temporal) / 24;
  const film = {
    width: 320,
    height: 192,
    fps: 24,
    shots: shots.map((_, i) => ({ id: `${i}`, seconds })),
  };
  const limits = {
    bindingBytes: gpu.device.limits.maxStorageBufferBindingSize,
    dispatchFlops: gpu.traits.dispatchFlops,
  };
  const { geometry, chunks } = planFilm(film, config, limits);
  const runner = new Runner(gpu);
  const dit = await Dit.create(gpu, config.dit, model.dit, geometry, chunks, 'dense');
  const text = await model.textEncoder.encode(
    gpu,
    runner,
    shots.map((shot) => tokenizer.encode(shot)),
  );
  const context = dit.textContext(crossSegments(geometry, text.lengths), text.rows);
  await dit.fillText(context, runner, text);
  const { frames, height, width, channels } = geometry.latent;
  const x = gpu.upload('latents', gaussianNoise(7, frames * height * width * channels));
  const velocity = gpu.buffer('velocity', x.size);
  const estimate = gpu.buffer('estimate', x.size);
  const sampler = new FilmSampler(gpu, {
    solver: 'euler',
    steps,
    shift: config.sampler.shift,
    guidance: 1,
    shape: dit.patchShape,
    x,
    estimate,
    vCond: velocity,
    vNull: velocity,
  });
  await dit.times.embed(runner, sampler.schedule.timesteps);
  const copies = new Copies(gpu, blocks);
  const forward = await dit.forward(x, context, velocity, copies.trace);
  const { heads, dim } = config.dit;
  for (let step = 0; step <= Math.max(...tracedSteps); step++) {
    await runner.run([...(await dit.times.select(step)), ...forward, ...(await sampler.step(step))]);
    if (!tracedSteps.includes(step)) continue;
    for (const block of blocks) {
      const name = `papercut, step ${step + 1} of ${steps}, block ${block}`;
      await take(name, { ...copies.of(block), geometry, heads, headSize: dim / heads });
    }
  }
}

const randomWan: WanCase = {
  config: { dim: 256, ffn: 512, heads: 2, layers: 3, text_len: 8, text_dim: 64 },
  latent: [16, 12, 16],
  rows: 5,
};

/** One pass of a small Wan with random weights over a random latent of one shot. */
export async function randomWanActivations(gpu: Gpu, take: Taker): Promise<void> {
  const copies = new Copies(gpu, [1]);
  await wanVelocities(gpu, randomWan, [600], 'resident', { trace: copies.trace });
  const { heads, dim } = randomWan.config;
  const geometry = latentGeometry(randomWan.latent);
  await take('random Wan, block 1', { ...copies.of(1), geometry, heads, headSize: dim / heads });
}
