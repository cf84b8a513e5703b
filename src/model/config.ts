import { z } from 'zod';
import { ShotweaveError } from '../lib/errors.ts';
import { cameraSchema } from './camera.ts';
import { carrySchema } from './carry.ts';
import { marksSchema } from './marks.ts';

const count = z
  .int()
  .min(1)
  .max(1 << 20);

/** Which values of what is said. */
const columns = z.array(z.int().min(0).max(4096)).max(1024);

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
  /**
   * How the routed branch and the static ones become one: `mean` (where nothing is said), of their outputs, the routed one weighted by the router's
   * probability (arXiv 2510.18692); `softmax`, over the keys of all of them, those of the routed one weighted so.
   */
  branches: z.enum(['mean', 'softmax']).optional(),
  /** Further weight of the routed branch's keys in that softmax, 1 where nothing is said. */
  group_weight: z.number().positive().max(100).optional(),
  /** Other shots whose keys of the routed branch count in full there: of more, each counts less. Where nothing is said, all do. */
  across_shots: count.nullish(),
  /** How many times those keys count for tokens of subjects, 1 where nothing is said. */
  across_weight: z.number().min(1).max(100).optional(),
  /** Spatial windows [rows, columns] of the static branch. */
  win: z.tuple([count, count]).default([2, 2]),
  /** Latent frames of each neighbouring shot whose keys and values a window also sees. */
  aug: z.int().min(0).max(64).default(2),
  eps: z.number().positive(),
  /** Channels of convolutions over latent cells beside the tokens; absent where there are none. */
  detail: count.multipleOf(4).optional(),
  /** Latent frames on either side that those convolutions blend over; absent where they see frames one by one. */
  detail_reach: z.int().min(0).max(16).optional(),
  /** Pairs of them that draw further, each adding to what is drawn. */
  detail_residuals: z.int().min(0).max(16).optional(),
  /** Of the noise of neighbouring latent frames of a shot, that films start from; absent where each has its own. */
  noise_correlation: z.number().min(0).lt(1).optional(),
  /** Subjects of a shot that it is told the places of; absent where it is not told. */
  marks: z.literal(1).optional(),
  /** Whether tokens are told where they are, beside those places. */
  bearings: z.boolean().optional(),
  /** Width and layers of the network that guesses tokens from what their shot's prompt says and from these; absent where
   * there is none. */
  sketch: count.multipleOf(4).optional(),
  sketch_layers: count.optional(),
  /** Of every attribute that a prompt is read for, how many values it may have, the last being that nothing is said. */
  sketch_values: z.array(count).min(1).max(64).optional(),
  /** Words that say values by themselves. */
  sketch_words: count.optional(),
  /** Which of those values it has grids for: of subjects, places and times of day; absent where it has none. */
  sketch_grids: z.object({ kinds: columns, places: columns, times: columns }).nullish(),
  text_dim: count,
  text_len: count,
  /** Wan's way with short prompts: rows of zeros up to text_len, which are embedded and attended to like words. */
  text_padded: z.boolean().optional(),
});

const textEncoderSchema = z.looseObject({
  /** True for encoders of Wan's size and names, which go through the GPU layer by layer. */
  streamed: z.boolean().optional(),
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

/** Pixels a latent cell covers on each side, and frames a latent frame covers. */
const cellSchema = { z: count, spatial: count, temporal: count };

const papercutDecoderSchema = z.looseObject({
  ...cellSchema,
  kind: z.literal('papercut'),
  /** Pixel shuffle at the output. */
  ps: count,
  dec: z.tuple([count, count, count]),
  dec_mem: z.tuple([count, count, count]),
});

/** Wan2.1's own decoder: causal 3D convolutions. */
const wanVaeSchema = z.looseObject({
  ...cellSchema,
  kind: z.literal('wan-vae'),
  /** Channels of the last stage; the first has four times as many. */
  dim: count,
});

/** The light decoder for Wan2.1's latents, taew2_1. */
const taehvSchema = z.looseObject({
  ...cellSchema,
  kind: z.literal('taehv'),
  /** Channels of the three stages of memory blocks, and of the layer before the picture. */
  channels: z.tuple([count, count, count, count]),
});

/** Configs without a kind are those of the studio's own model. */
const autoencoderSchema = z.preprocess(
  (ae) => (typeof ae === 'object' && ae !== null ? { kind: 'papercut', ...ae } : ae),
  z.discriminatedUnion('kind', [wanVaeSchema, taehvSchema, papercutDecoderSchema]),
);

export const solver = z.enum(['euler', 'adams', 'unipc']);

/** Of so many steps the first has a pass with the negative prompt, whose effect the others keep. */
const guidanceEvery = z.int().min(1).max(8);

/** Settings that go together, such as those of a checkpoint that was distilled to few steps. */
const samplerPresetSchema = z.looseObject({
  name: z.string().min(1).max(64),
  solver,
  steps: count,
  /** 1: no guidance. */
  guidance: z.number().min(1),
  shift: z.number().positive(),
  guidance_every: guidanceEvery.optional(),
  /** Only for weights, or a LoRA, that were trained to make films in so few steps. */
  distilled: z.boolean().optional(),
  /** Added to the timesteps: the network was trained for this preset's steps there, beside the usual ones below 1000. */
  time_offset: z.number().min(0).max(100_000).optional(),
});

const samplerSchema = z.looseObject({
  steps: count,
  cfg: z.number(),
  shift: z.number().positive(),
  /** 1 where nothing is said. */
  guidance_every: guidanceEvery.optional(),
  /** Where longer films need more noise for longer: the shift holds at so many tokens and goes with their power. */
  shift_growth: z.object({ tokens: count, power: z.number().min(0).max(1) }).optional(),
  /**
   * Added to the timesteps of films without guidance: there the network was trained to predict in one pass what guidance
   * makes of two, for any number of steps.
   */
  one_pass: z.object({ time_offset: z.number().min(0).max(100_000) }).optional(),
  /** Euler where nothing is said. */
  solver: solver.optional(),
  /** What stands in for an empty negative prompt. */
  negative: z.string().max(2000).optional(),
  /** Other settings that suit the model. */
  presets: z.array(samplerPresetSchema).max(16).optional(),
});

const modelConfigSchema = z.looseObject({
  model: z.string(),
  dit: ditSchema,
  text_encoder: textEncoderSchema,
  ae: autoencoderSchema,
  sampler: samplerSchema,
  /** Where shots need not repeat their subject's colour: the studio says it for them. */
  carry: carrySchema.optional(),
  /** Where films follow the camera by the noise that they start from: how prompts ask for its moves. */
  camera: cameraSchema.optional(),
  /** Sceneries that each place has; absent where the model is not told which it is to show. */
  sceneries: z.int().min(1).max(4).optional(),
  /** Where the model is told where subjects are to be: how prompts say it. */
  marks: marksSchema.optional(),
});

/** How a step is taken from a velocity. */
export type Solver = z.infer<typeof solver>;

export type SamplerPreset = z.infer<typeof samplerPresetSchema>;

/** Everything that the plan and the engine need to know about a checkpoint. Names follow the file. */
export type ModelConfig = z.infer<typeof modelConfigSchema>;

/** One of the decoders that films can be decoded with. */
export type AutoencoderConfig = ModelConfig['ae'];
export type PapercutDecoderConfig = z.infer<typeof papercutDecoderSchema>;
export type WanVaeConfig = z.infer<typeof wanVaeSchema>;
export type TaehvConfig = z.infer<typeof taehvSchema>;

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
