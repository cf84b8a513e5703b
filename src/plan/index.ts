import type { ModelConfig } from '../model/config.ts';
import { planChunks } from './chunks.ts';
import { planGeometry } from './geometry.ts';
import { decoderBuffers, ditBuffers } from './memory.ts';
import type { Chunk, FilmGeometry } from './types.ts';

/** What an adapter allows, as far as a plan is concerned. */
export interface AdapterLimits {
  /** Bytes of one storage binding. */
  bindingBytes: number;
  /** Most FLOPs that one dispatch should have. */
  dispatchFlops: number;
}

/** Everything about a film that is known before it is made. */
export interface FilmPlan {
  geometry: FilmGeometry;
  /** Token-wise work goes through in these. */
  chunks: Chunk[];
  /** Latent frames decoded at a time. */
  decodeFrames: number;
  /** Bytes of the largest single buffer. */
  largestBuffer: number;
}

/** Latent frames decoded at a time, at most: more saves nothing. */
const maxDecodeFrames = 8;

/** Plans a film. Throws `storyboard-invalid` when the model cannot make pictures of that size. */
export function planFilm(
  film: { width: number; height: number; fps: number; shots: readonly { id: string; seconds: number }[] },
  model: ModelConfig,
  limits: AdapterLimits,
): FilmPlan {
  return planFor(planGeometry(film, model), model, limits);
}

/** Plans a film whose geometry is known. */
export function planFor(geometry: FilmGeometry, model: ModelConfig, limits: AdapterLimits): FilmPlan {
  const { dim, ffn } = model.dit;
  const tokensByTime = limits.dispatchFlops / (2 * dim * ffn);
  const tokensByBinding = limits.bindingBytes / (4 * ffn);
  const chunks = planChunks(geometry, Math.max(1, Math.floor(Math.min(tokensByTime, tokensByBinding))));
  const decodeFrames = decodeChunk(geometry, model, limits);
  const chunkTokens = Math.max(...chunks.map(({ tokens }) => tokens.count));
  const sizes = [
    ...Object.values(ditBuffers(geometry, model.dit, chunkTokens)),
    ...Object.values(decoderBuffers(geometry.latent, model.ae, decodeFrames)).flat(),
  ];
  return { geometry, chunks, decodeFrames, largestBuffer: Math.max(...sizes) };
}

/** Latent frames whose largest convolution and largest buffer stay inside the limits; at least one. */
function decodeChunk(geometry: FilmGeometry, model: ModelConfig, limits: AdapterLimits): number {
  const { height, width, frames } = geometry.latent;
  const cells = height * width;
  const flops = Math.max(
    ...model.ae.dec.map((channels, stage) => 2 * 18 * channels * channels * cells * 8 ** stage),
  );
  const bytes = Math.max(...Object.values(decoderBuffers(geometry.latent, model.ae, 1)).flat());
  const fit = Math.floor(Math.min(limits.dispatchFlops / flops, limits.bindingBytes / bytes));
  return Math.max(1, Math.min(fit, frames, maxDecodeFrames));
}

/** Bytes on the GPU that a film takes beside the weights; `passes` is 2 with guidance, else 1. */
export function filmBytes(plan: FilmPlan, model: ModelConfig, passes: number): number {
  const { geometry, chunks, decodeFrames } = plan;
  const chunkTokens = Math.max(...chunks.map(({ tokens }) => tokens.count));
  const { frames, height, width, channels } = geometry.latent;
  const latents = (2 + passes) * frames * height * width * channels * 4;
  // Row lists: sorted rows, windows (queries and keys), identity for frames and for cross-attention.
  const lists = 8 * geometry.tokens * 4;
  const text = passes * 2 * model.dit.layers * geometry.shots.length * model.dit.text_len * model.dit.dim * 4;
  const preview = Math.min(48, frames) * geometry.width * geometry.height * 4;
  const transformer = Object.values(ditBuffers(geometry, model.dit, chunkTokens));
  const decoder = Object.values(decoderBuffers(geometry.latent, model.ae, decodeFrames)).flat();
  return [...transformer, ...decoder].reduce((sum, bytes) => sum + bytes, latents + lists + text + preview);
}
