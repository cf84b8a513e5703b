import { beforeAll, describe, expect, it } from 'vitest';
import { crossSegments } from '../../plan/segments.ts';
import { generateFilm } from '../generate.ts';
import { relativeError } from '../golden/compare.ts';
import { Runner } from '../gpu/runner.ts';
import type { Mark } from '../mark.ts';
import { markTokens } from '../marks.ts';
import type { Model } from '../model.ts';
import { gemm } from '../reference/gemm.ts';
import { testGpu } from '../testing/device.ts';
import { expectClose, sumTolerance } from '../testing/expectClose.ts';
import { papercutFiles } from '../testing/papercut.ts';
import { randomFloats } from '../testing/random.ts';
import { loadPapercut, planTinyFilm, tinyJob, withoutOnePass } from '../testing/tinyFilm.ts';
import { Dit } from './dit.ts';

const gpu = await testGpu();
const runner = new Runner(gpu);
const mark: Mark = { x: 0.3, y: 0.5, right: 0.1, down: 0.02, width: 0.2, height: 0.4, nearer: 0.05 };

const nowhere = { mark: null, motion: null, scenery: null };

let weights: Float32Array<ArrayBuffer>;
let model: Model;
let untold: Model;
beforeAll(async () => {
  const loaded = withoutOnePass(await loadPapercut(gpu, await papercutFiles()));
  const { dim } = loaded.config.dit;
  weights = randomFloats(5, dim * 4);
  const marks = {
    ...{ w: gpu.upload('marks', weights), bias: gpu.upload('zeros', new Float32Array(dim)) },
    ...{ columns: dim, inner: 4 },
  };
  const { marks: _, ...without } = loaded.config.dit;
  untold = { ...loaded, config: { ...loaded.config, dit: without }, dit: { ...loaded.dit, marks: null } };
  const told = { ...loaded.config, dit: { ...without, marks: 1 as const } };
  model = { ...loaded, config: told, dit: { ...loaded.dit, marks } };
});

describe('marks of subjects', () => {
  it('add to every token what its cells are told', async () => {
    const scope = gpu.scope();
    const { geometry, chunks } = planTinyFilm(gpu, model, [2, 3]);
    const { dim } = model.config.dit;
    const [whole] = chunks;
    if (!whole) throw new Error('a film has a chunk');
    const halves = [
      { ...whole, latent: { start: 0, count: 2 }, tokens: { start: 0, count: 4 } },
      { ...whole, index: 1, latent: { start: 2, count: 3 }, tokens: { start: 4, count: 6 } },
    ];
    const text = await model.textEncoder.encode(scope, runner, [Uint32Array.of(3, 2), Uint32Array.of(2)]);
    const latent = scope.upload('latent', randomFloats(6, geometry.tokens * 4 * model.config.dit.z));
    const velocity = scope.buffer('velocity', latent.size);
    const tokensOf = async (marks: Float32Array<ArrayBuffer> | null): Promise<Float32Array> => {
      const dit = await Dit.create(scope, model.config.dit, model.dit, geometry, halves, 'moga');
      const context = dit.textContext(crossSegments(geometry, text.lengths), text.rows);
      await dit.fillText(context, runner, text);
      await dit.times.embed(runner, [500]);
      const to = scope.buffer('tokens', geometry.tokens * dim * 4);
      if (marks) dit.placeSubjects(marks);
      const program = await dit.forward(latent, context, velocity, (name, from, bytes) =>
        name === 'tokens' ? { from, to, bytes } : null,
      );
      await runner.run([...(await dit.times.select(0)), ...program]);
      dit.free();
      return new Float32Array(await scope.read(to));
    };
    const expected = await tokensOf(null);
    const told = markTokens([{ ...nowhere, mark }], geometry, model.config.dit);
    const ours = await tokensOf(told);
    expect(ours).not.toEqual(expected);
    gemm({
      ...{ a: told, w: weights, bias: new Float32Array(dim), y: expected },
      ...{ rows: geometry.tokens, columns: dim, inner: 4, epilogue: 'add' },
    });
    expectClose(ours, expected, sumTolerance(8, 4));
    scope.freeAll();
  });

  it('change the film of a model that is told of them, and of no other', async () => {
    const plan = planTinyFilm(gpu, model, [2, 1]);
    const latentsOf = async (of: Model, marks?: (Mark | null)[]): Promise<Float32Array> => {
      let latents = new Float32Array();
      await generateFilm(gpu, runner, of, tinyJob(plan, of, marks ? { marks } : {}), async (event) => {
        if (event.type === 'step') latents = await event.latents();
      });
      return latents;
    };
    const without = await latentsOf(untold);
    expect(await latentsOf(untold, [mark, null])).toEqual(without);
    expect(await latentsOf(model)).toEqual(without);
    expect(await latentsOf(model, [null, null])).toEqual(without);
    expect(relativeError(await latentsOf(model, [mark, null]), without)).toBeGreaterThan(0.01);
  });
});
