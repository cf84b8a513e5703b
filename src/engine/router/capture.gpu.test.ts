import { beforeAll, describe, expect, it } from 'vitest';
import { crossSegments } from '../../plan/segments.ts';
import type { FilmJob } from '../generate.ts';
import { generateFilm } from '../generate.ts';
import goldenUrl from '../golden/fixtures/papercut/one_frame.safetensors?url';
import { integers, readFilm, readMarks } from '../golden/inputs.ts';
import { channelsLast } from '../golden/layout.ts';
import { routerProbabilities } from '../golden/router.ts';
import { Runner } from '../gpu/runner.ts';
import type { Model } from '../model.ts';
import { Dit } from '../models/dit.ts';
import { Output, run, testGpu } from '../testing/device.ts';
import { fetchBytes, type PapercutFiles, papercutFiles } from '../testing/papercut.ts';
import { randomFloats, randomIntegers } from '../testing/random.ts';
import { loadPapercut, planTinyFilm, tinyJob, withoutOnePass } from '../testing/tinyFilm.ts';
import { blobSource } from '../weights/byteSource.ts';
import { Safetensors } from '../weights/safetensors.ts';
import { RouterCapture, type StepChoices, unpackChoices } from './capture.ts';
import { packChoices, packedWords } from './packChoices.ts';

const gpu = await testGpu();
const runner = new Runner(gpu);

let papercut: PapercutFiles;
let model: Model;
beforeAll(async () => {
  papercut = await papercutFiles();
  model = await loadPapercut(gpu, papercut);
});

describe('packChoices', () => {
  it.each([0, 1, 2, 3, 127, 128, 129, 1001])('puts %i choices into two bytes each', async (tokens) => {
    const group = randomIntegers(1, tokens, 256);
    const weight = randomFloats(2, tokens).map(Math.abs);
    const firstWord = 3;
    const before = new Uint32Array(firstWord + packedWords(tokens)).fill(0xffffffff);
    const packed = new Output(gpu, before);
    const args = { group: gpu.upload('group', group), weight: gpu.upload('weight', weight), tokens };
    run(gpu, [await packChoices(gpu, { ...args, packed: packed.buffer, firstWord })]);
    const words = await packed.words();
    expect([...words.slice(0, firstWord)]).toEqual([...before.slice(0, firstWord)]);
    const bytes = new Uint8Array(words.slice(firstWord).buffer);
    const choices = unpackChoices(bytes, 1, tokens);
    expect([...choices.groups]).toEqual([...group]);
    expect([...choices.certainties]).toEqual(Array.from(weight, (value) => Math.floor(value * 255 + 0.5)));
    if (tokens % 2 === 1) expect([...bytes.slice(-2)]).toEqual([0, 0]);
  });
});

describe('the captured choices of a forward pass', () => {
  it('are those of PyTorch, and leave the pass as it is', async () => {
    const scope = gpu.scope();
    const golden = await Safetensors.open(blobSource('one_frame', await fetchBytes(goldenUrl)));
    const { config } = papercut;
    const { plan, prompts } = await readFilm(scope, config, golden, 'in', 'in.x');
    const { geometry, chunks } = plan;
    const text = await model.textEncoder.encode(scope, runner, prompts);
    const dit = await Dit.create(scope, config.dit, model.dit, geometry, chunks, 'moga');
    const marks = await readMarks(golden);
    if (marks) dit.placeSubjects(marks);
    const context = dit.textContext(crossSegments(geometry, text.lengths), text.rows);
    await dit.fillText(context, runner, text);
    const [t = Number.NaN] = await golden.floats('in.t');
    await dit.times.embed(runner, [t]);
    const { frames, height, width } = geometry.latent;
    const x = channelsLast(await golden.floats('in.x'), [config.dit.z, frames, height, width]);
    const latent = scope.upload('latent', x);
    const velocity = scope.buffer('velocity', latent.size);
    const capture = await RouterCapture.create(scope, dit, config.dit);
    if (!capture) throw new Error('the built-in model routes');
    const velocityOf = async (trace?: RouterCapture['trace']): Promise<Float32Array> => {
      await runner.run([
        ...(await dit.times.select(0)),
        ...(await dit.forward(latent, context, velocity, trace)),
      ]);
      return new Float32Array(await scope.read(velocity));
    };
    const plain = await velocityOf();
    expect((await capture.read()).certainties.every((value) => value === 0)).toBe(true);
    expect(await velocityOf(capture.trace)).toEqual(plain);

    const { layers, tokens, groups, certainties } = await capture.read();
    expect([layers, tokens]).toEqual([config.dit.layers, geometry.tokens]);
    const setting = {
      gpu,
      runner,
      model,
      config,
      dit: await Safetensors.open(blobSource('dit', papercut.dit)),
    };
    const e0 = await golden.floats('dit.e0');
    for (let layer = 0; layer < layers; layer++) {
      const ours = groups.slice(layer * tokens, (layer + 1) * tokens);
      expect([...ours], `layer ${layer}`).toEqual(await integers(golden, `dit.group${layer}`));
      const input = await golden.floats(layer === 0 ? 'dit.tokens' : `dit.block${layer - 1}`);
      const probabilities = await routerProbabilities(setting, layer, input, e0);
      for (let token = 0; token < tokens; token++) {
        const certainty = (certainties[layer * tokens + token] ?? Number.NaN) / 255;
        expect(Math.abs(certainty - Math.max(...probabilities(token)))).toBeLessThan(0.004);
      }
    }
    scope.freeAll();
  });
});

describe('the steps of a film', () => {
  async function choicesOf(changes: Partial<FilmJob> = {}): Promise<(StepChoices | null)[]> {
    const job = tinyJob(planTinyFilm(gpu, model, [2, 1]), model, changes);
    const steps: (StepChoices | null)[] = [];
    await generateFilm(gpu, runner, withoutOnePass(model), job, async (event) => {
      if (event.type === 'step') steps.push(event.choices && (await event.choices()));
    });
    return steps;
  }

  it('have the choices of the pass with the prompts', async () => {
    const guided = await choicesOf();
    const unguided = await choicesOf({ guidance: 1 });
    expect(guided).toHaveLength(2);
    expect(guided[0]).toMatchObject({ layers: 8, tokens: 6 });
    expect(guided[0]?.groups.every((group) => group < 4)).toBe(true);
    expect(guided[0]?.certainties.every((certainty) => certainty > 255 / 4 - 1)).toBe(true);
    // Before the first step the film is the same with and without guidance; after it no longer.
    expect(unguided[0]).toEqual(guided[0]);
    expect(unguided[1]).not.toEqual(guided[1]);
    expect(guided[1]).not.toEqual(guided[0]);
  });

  it('have none with dense attention', async () => {
    expect(await choicesOf({ attention: 'dense', steps: 1 })).toEqual([null]);
  });
});
