import type { ModelConfig } from '../model/config.ts';
import { framesBetweenCuts, planChunks } from './chunks.ts';
import { decoderSizes, planDecode } from './decoder.ts';
import { planGeometry } from './geometry.ts';
import { ditBuffers } from './memory.ts';
import type { Chunk, FilmGeometry } from './types.ts';
import type { TileGrid } from './wanVae.ts';

/** What an adapter allows, as far as a plan is concerned. */
export interface AdapterLimits {
  /** Bytes of one storage binding. */
  bindingBytes: number;
  /** Most FLOPs that one dispatch should have. */
  dispatchFlops: number;
  /** GPU memory that decoding may take, where it is known. */
  decodeBytes?: number;
}

/** Everything about a film that is known before it is made. */
export interface FilmPlan {
  geometry: FilmGeometry;
  /** Token-wise work goes through in these. */
  chunks: Chunk[];
  /** Latent frames decoded at a time. */
  decodeFrames: number;
  /** Parts of the picture that are decoded one after the other, where a decoder is too large for all of it at once. */
  decodeTiles: TileGrid;
  /** Bytes of the largest single buffer. */
  largestBuffer: number;
}

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
  const { dim, ffn, z, patch } = model.dit;
  const tokensByTime = limits.dispatchFlops / (2 * dim * ffn);
  const tokensByBinding = limits.bindingBytes / (4 * ffn);
  const maxTokens = Math.max(1, Math.floor(Math.min(tokensByTime, tokensByBinding)));
  const tokenBytes = z * patch[0] * patch[1] * patch[2] * 4;
  const chunks = planChunks(geometry, maxTokens, framesBetweenCuts(geometry.tokensPerFrame, tokenBytes));
  const decode = planDecode(geometry.latent, model.ae, limits);
  const chunkTokens = Math.max(...chunks.map(({ tokens }) => tokens.count));
  const sizes = [
    ...Object.values(ditBuffers(geometry, model.dit, chunkTokens)),
    ...decoderSizes(geometry.latent, model.ae, decode),
  ];
  return {
    geometry,
    chunks,
    decodeFrames: decode.frames,
    decodeTiles: decode.tiles,
    largestBuffer: Math.max(...sizes),
  };
}
