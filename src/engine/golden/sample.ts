import { crossSegments } from '../../plan/segments.ts';
import { generateFilm } from '../generate.ts';
import { markTokens } from '../marks.ts';
import { Dit } from '../models/dit.ts';
import { shiftedSigmas, timestepOf } from '../sampler.ts';
import type { Safetensors } from '../weights/safetensors.ts';
import { psnrRow, relativeRow } from './compare.ts';
import { tolerance } from './forward.ts';
import { type GoldenFilm, integers, readFilm } from './inputs.ts';
import { channelsLast, coloursLast, unpatchify, withoutAlpha } from './layout.ts';
import type { GoldenSetting, RowListener } from './setting.ts';

const framesAtLeastDb = 30;

/**
 * A whole run with guidance against `golden_sample.safetensors`: first velocities, trajectory, frames.
 *
 * @param from Steps to leave out: the run begins with the reference's latents after them.
 */
export async function compareSample(
  setting: GoldenSetting,
  golden: Safetensors,
  report: RowListener,
  from = 0,
): Promise<void> {
  const { gpu, runner, model, config } = setting;
  const film = await readFilm(gpu, config, golden, 'sample', 'sample.noise');
  const { frames, height, width } = film.plan.geometry.latent;
  const latentOf = async (name: string): Promise<Float32Array<ArrayBuffer>> =>
    channelsLast(await golden.floats(name), [config.dit.z, frames, height, width]);
  const noise = await latentOf('sample.noise');
  const sigmas = await golden.floats('sample.sigmas');
  const steps = sigmas.length - 1;
  const shift = Number(golden.metadata.shift ?? config.sampler.shift);
  report(relativeRow('sample.sigmas', shiftedSigmas(steps, shift), sigmas, tolerance.tensor));

  const negative = new Uint32Array([config.text_encoder.eos]);
  const nulls = film.prompts.map(() => negative);
  for (const [name, prompts] of [
    ['sample.v_cond_0', film.prompts],
    ['sample.v_null_0', nulls],
  ] as const) {
    const ours = await firstVelocity(setting, film, prompts, noise, timestepOf(sigmas[0] ?? 1));
    report(relativeRow(name, ours, await latentOf(name), tolerance.tensor));
  }

  const index = await integers(golden, 'sample.frame_index');
  const pixels = film.plan.geometry.width * film.plan.geometry.height;
  const kept = new Uint8ClampedArray(index.length * pixels * 4);
  await generateFilm(
    gpu,
    runner,
    model,
    {
      plan: film.plan,
      prompts: film.prompts,
      negative,
      seeds: [],
      noise,
      steps,
      shift,
      guidance: Number(golden.metadata.cfg ?? config.sampler.cfg),
      solver: 'euler',
      attention: 'moga',
      ...(from > 0 && { start: { step: from, state: await latentOf(`sample.x_after_${from}`) } }),
    },
    async (event) => {
      if (event.type === 'step' && golden.has(`sample.x_after_${event.step}`)) {
        const name = `sample.x_after_${event.step}`;
        report(relativeRow(name, await event.latents(), await latentOf(name), tolerance.tensor));
      }
      if (event.type === 'frames') {
        for (const [i, frame] of event.frames.entries()) {
          const slot = index.indexOf(event.first + i);
          if (slot >= 0) kept.set(frame, slot * pixels * 4);
        }
      }
    },
  );
  const reference = coloursLast(await integers(golden, 'sample.frames_u8'), index.length, pixels);
  report(psnrRow('sample.frames_u8', withoutAlpha(kept), reference, framesAtLeastDb));
}

async function firstVelocity(
  { gpu, runner, model, config }: GoldenSetting,
  film: GoldenFilm,
  prompts: readonly Uint32Array[],
  noise: Float32Array<ArrayBuffer>,
  t: number,
): Promise<Float32Array> {
  const { geometry, chunks } = film.plan;
  const dit = await Dit.create(gpu, config.dit, model.dit, geometry, chunks, 'moga');
  const text = await model.textEncoder.encode(gpu, runner, prompts);
  if (config.dit.bearings) dit.placeSubjects(markTokens([], geometry, config.dit));
  const context = dit.textContext(crossSegments(geometry, text.lengths), text.rows);
  await dit.fillText(context, runner, text);
  await dit.times.embed(runner, [t]);
  const latent = gpu.upload('golden noise', noise);
  const velocity = gpu.buffer('golden velocity', latent.size);
  await runner.run([...(await dit.times.select(0)), ...(await dit.forward(latent, context, velocity))]);
  const tokens = new Float32Array(await gpu.read(velocity));
  gpu.free(text.features, latent, velocity);
  context.free();
  dit.free();
  const { frames } = geometry.latent;
  return unpatchify(tokens, { frames, ...geometry.grid, patch: config.dit.patch[1], channels: config.dit.z });
}
