import { ShotweaveError } from '../../lib/errors.ts';
import { type DitShape, headSize } from './dit.ts';
import type { TensorTable } from './table.ts';

const wanLatentChannels = 16;

const chooseT2v = 'choose a Wan2.1 T2V file (1.3B or 14B) instead';

/** Names that quantised files keep beside a weight, and a table of angles that some trainers save. */
const accessories =
  /(\.(scale_weight|scale_input|weight_scale|input_scale|comfy_quant)|(^|\.)(scaled_fp8|freqs|rope\.freqs\w*))$/;

/** Refuses transformers that share Wan's names and are made for something else. Throws `model-invalid`. */
export function refuseOtherDit(
  fileName: string,
  table: TensorTable,
  prefix: string,
  { dim, z }: DitShape,
  known: ReadonlySet<string>,
): void {
  const own = [...table.keys()].filter((name) => name.startsWith(prefix));
  const has = (pattern: RegExp) => own.some((name) => pattern.test(name));
  if (has(/vace_/)) throw other(fileName, 'a VACE model, which edits videos');
  if (has(/img_emb\.|k_img\.|image_embedder\.|add_k_proj\./) || z === 36) {
    throw other(fileName, 'an image-to-video model, and films here are made from text');
  }
  if (z === 48) throw other(fileName, 'a Wan2.2 model with a latent space of its own');
  if (z !== wanLatentChannels)
    throw other(fileName, `a Wan model that reads ${z} channels, not ${wanLatentChannels}`);
  if (dim === 0 || dim % headSize !== 0)
    throw other(fileName, `no Wan model, for it is ${dim} channels wide`);
  const stranger = own.find((name) => !known.has(name) && !accessories.test(name));
  if (stranger !== undefined && !isOtherNetwork(stranger)) {
    throw other(fileName, `another model built on Wan (it has "${stranger.slice(0, 80)}")`);
  }
}

/** Whether a name belongs to a text encoder or autoencoder that lies in the same file. */
function isOtherNetwork(name: string): boolean {
  return /^(text_encoders?|cond_stage_model|first_stage_model|vae)\./.test(name);
}

/** Refuses decoders for another latent space. Throws `model-invalid`. */
export function refuseOtherVae(fileName: string, z: number): void {
  if (z === wanLatentChannels) return;
  throw new ShotweaveError(
    'model-invalid',
    `The file ${fileName} decodes latents of ${z} channels, and Wan2.1 has ${wanLatentChannels}: choose wan_2.1_vae or taew2_1 instead.`,
  );
}

/** Names that give other well-known models away. */
const foreign: readonly (readonly [RegExp, string])[] = [
  [/(^|\.)double_blocks\./, 'a Flux or HunyuanVideo model'],
  [/(^|\.)joint_blocks\./, 'a Stable Diffusion 3 model'],
  [/(^|\.)(input_blocks|down_blocks)\.\d+\./, 'a Stable Diffusion model'],
  [/(^|\.)transformer_blocks\./, 'another diffusion transformer'],
  [/(^|\.)text_model\.encoder\.|(^|\.)visual\./, 'a CLIP model'],
  [/(^|\.)model\.layers\.\d+\.self_attn\./, 'a language model'],
  [/(^|\.)cond_blocks\.|controlnet/, 'a control model'],
];

/** The refusal of a checkpoint that is nothing of Wan's. */
export function refuseForeign(fileName: string, table: TensorTable): ShotweaveError {
  const names = [...table.keys()];
  const model = foreign.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1];
  const first = names[0] === undefined ? 'no tensors at all' : `"${names[0].slice(0, 80)}" among its tensors`;
  return new ShotweaveError(
    'model-invalid',
    `The file ${fileName} ${model === undefined ? `is no model that is known here (it has ${first})` : `is ${model}`}: choose a Wan2.1 T2V transformer, its UMT5 encoder, its VAE, taew2_1 or a LoRA for it.`,
  );
}

function other(fileName: string, what: string): ShotweaveError {
  return new ShotweaveError('model-invalid', `The file ${fileName} is ${what}: ${chooseT2v}.`);
}
