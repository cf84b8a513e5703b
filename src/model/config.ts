import { z } from 'zod';
import { ShotweaveError } from '../lib/errors.ts';

const count = z
  .int()
  .min(1)
  .max(1 << 20);

/** Shape of the diffusion transformer, as in the `dit` part of a model's config.json. */
const ditSchema = z.looseObject({
  dim: count,
  heads: count,
  layers: count,
  ffn: count,
  /** Latent channels. */
  z: count,
  patch: z.tuple([z.literal(1), count, count]),
  freq_dim: count,
  /** Router groups M; absent in plain dense checkpoints. */
  groups: count.optional(),
  /** Spatial windows [rows, columns] of the static branch. */
  win: z.tuple([count, count]).default([2, 2]),
  /** Latent frames of each neighbouring shot whose keys and values a window also sees. */
  aug: z.int().min(0).max(64).default(2),
  eps: z.number().positive(),
  text_dim: count,
  text_len: count,
});

const textEncoderSchema = z.looseObject({
  dim: count,
  layers: count,
  heads: count,
  ffn: count,
  vocab: count,
  buckets: count,
  max_dist: count,
  max_len: count,
  pad: z.int().min(0),
  unk: z.int().min(0),
  eos: z.int().min(0),
});

const autoencoderSchema = z.looseObject({
  z: count,
  /** Pixel shuffle at the output. */
  ps: count,
  dec: z.tuple([count, count, count]),
  dec_mem: z.tuple([count, count, count]),
  /** Pixels a latent cell covers on each side, and frames a latent frame covers. */
  spatial: count,
  temporal: count,
});

const samplerSchema = z.looseObject({
  steps: count,
  cfg: z.number(),
  shift: z.number().positive(),
});

const modelConfigSchema = z.looseObject({
  model: z.string(),
  dit: ditSchema,
  text_encoder: textEncoderSchema,
  ae: autoencoderSchema,
  sampler: samplerSchema,
});

/** Everything that the plan and the engine need to know about a checkpoint. Names follow the file. */
export type ModelConfig = z.infer<typeof modelConfigSchema>;

/** Checks a parsed config.json. Throws `model-invalid`. */
export function parseModelConfig(data: unknown): ModelConfig {
  const result = modelConfigSchema.safeParse(data);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw new ShotweaveError(
      'model-invalid',
      `The model's config.json is not usable ("${issue?.path.join('.')}": ${issue?.message}); get the model folder again.`,
      { cause: result.error },
    );
  }
  return result.data;
}
