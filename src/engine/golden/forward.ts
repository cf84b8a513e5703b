import { invariant } from '../../lib/errors.ts';
import { crossSegments } from '../../plan/segments.ts';
import type { Trace } from '../models/dit.ts';
import { Dit } from '../models/dit.ts';
import type { Safetensors } from '../weights/safetensors.ts';
import { groupRow, relativeRow } from './compare.ts';
import { type GoldenFilm, integers, readFilm, readMarks } from './inputs.ts';
import { channelsLast, unpatchify } from './layout.ts';
import { routerProbabilities } from './router.ts';
import type { GoldenSetting, RowListener } from './setting.ts';

/** Relative error allowed in f32, and the share of tokens whose group may differ in a near-tie. */
export const tolerance = { tensor: 1e-3, groups: 1e-3, nearTie: 1e-3 };
/** The same where kernels multiply in f16. */
const halfTolerance = { tensor: 2e-2, groups: 2e-2, nearTie: 2e-2 };

/**
 * One forward pass against `golden.safetensors`: text, embeddings, velocity, every block that the file has,
 * and the groups of every block whose input it has.
 */
export async function compareForward(
  setting: GoldenSetting,
  golden: Safetensors,
  report: RowListener,
): Promise<void> {
  const { gpu, runner, model, config } = setting;
  const allowed = setting.half ? halfTolerance : tolerance;
  const { dim, layers, z, patch } = config.dit;
  const film = await readFilm(gpu, config, golden, 'in', 'in.x');
  const { geometry, chunks } = film.plan;
  const relative = async (name: string, ours: Float32Array): Promise<void> =>
    report(relativeRow(name, ours, await golden.floats(name), allowed.tensor));
  const floats = async (buffer: GPUBuffer): Promise<Float32Array> => new Float32Array(await gpu.read(buffer));

  const text = await model.textEncoder.encode(gpu, runner, film.prompts);
  const textRow = async (name: string, buffer: GPUBuffer, width: number): Promise<void> => {
    const reference = withoutPadding(await golden.floats(name), film, width);
    report(
      relativeRow(name, (await floats(buffer)).subarray(0, text.rows * width), reference, allowed.tensor),
    );
  };
  await textRow('text.out', text.features, config.text_encoder.dim);

  const dit = await Dit.create(gpu, config.dit, model.dit, geometry, chunks, 'moga');
  const marks = await readMarks(golden);
  if (marks) dit.placeSubjects(marks);
  const context = dit.textContext(crossSegments(geometry, text.lengths), text.rows);
  await dit.fillText(context, runner, text);
  await textRow('dit.context', context.context, dim);
  const [t = Number.NaN] = await golden.floats('in.t');
  await dit.times.embed(runner, [t]);
  await relative('dit.e', await floats(dit.times.embedded.e));
  await relative('dit.e0', await floats(dit.times.embedded.e0));

  const traced = new Map<string, GPUBuffer>();
  const trace: Trace = (name, from, bytes) => {
    if (!/^(tokens|block|group)/.test(name)) return null;
    const to = gpu.buffer(`trace ${name}`, bytes);
    traced.set(name, to);
    return { from, to, bytes };
  };
  const { frames, height, width } = geometry.latent;
  const latent = gpu.upload(
    'golden latent',
    channelsLast(await golden.floats('in.x'), [z, frames, height, width]),
  );
  const velocity = gpu.buffer('golden velocity', latent.size);
  await runner.run([
    ...(await dit.times.select(0)),
    ...(await dit.forward(latent, context, velocity, trace)),
  ]);

  const tokensOf = async (name: string): Promise<Float32Array> => {
    const buffer = traced.get(name);
    invariant(buffer, `${name} was not traced`);
    return (await floats(buffer)).subarray(0, geometry.tokens * dim);
  };
  await relative('dit.tokens', await tokensOf('tokens'));
  for (let i = 0; i < layers; i++) {
    const groups = traced.get(`group${i}`);
    const inputName = i === 0 ? 'dit.tokens' : `dit.block${i - 1}`;
    if (groups && golden.has(`dit.group${i}`) && golden.has(inputName)) {
      const ours = new Uint32Array(await gpu.read(groups)).subarray(0, geometry.tokens);
      const reference = await integers(golden, `dit.group${i}`);
      const input = await golden.floats(inputName);
      const e0 = await golden.floats('dit.e0');
      const probabilities = await routerProbabilities(setting, i, input, e0);
      const nearTie = (token: number): boolean => {
        const p = probabilities(token);
        const gap = Math.abs((p[ours[token] ?? -1] ?? 1) - (p[reference[token] ?? -1] ?? 0));
        return gap < allowed.nearTie;
      };
      report(groupRow(`dit.group${i}`, ours, reference, nearTie, allowed.groups));
    }
    if (golden.has(`dit.block${i}`)) await relative(`dit.block${i}`, await tokensOf(`block${i}`));
  }
  const ours = unpatchify(await floats(velocity), { frames, ...geometry.grid, patch: patch[1], channels: z });
  const reference = channelsLast(await golden.floats('out.v'), [z, frames, height, width]);
  report(relativeRow('out.v', ours, reference, allowed.tensor));

  gpu.free(text.features, latent, velocity, ...traced.values());
  context.free();
  dit.free();
}

/** Rows of real tokens of [1, shots, length, width]: the engine has no others. */
function withoutPadding(values: Float32Array, film: GoldenFilm, width: number): Float32Array {
  const rows = film.prompts.flatMap((ids, shot) =>
    Array.from(ids, (_, i) => shot * film.paddedLength + i).map((row) =>
      values.subarray(row * width, (row + 1) * width),
    ),
  );
  const out = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) out.set(row, i * width);
  return out;
}
