import type { ModelConfig } from '../model/config.ts';
import { decoderSizes } from './decoder.ts';
import { guessValues } from './detail.ts';
import type { FilmPlan } from './index.ts';
import { ditBuffers } from './memory.ts';
import { previewFrames } from './previewFrames.ts';

const f32 = 4;

/**
 * Bytes on the GPU that a film takes beside the weights.
 *
 * @param promptRows Rows of text in every pass of a step: those of all prompts, and with guidance those of the
 *   negative prompt.
 */
export function filmBytes(plan: FilmPlan, model: ModelConfig, promptRows: readonly number[]): number {
  const { geometry, chunks, decodeFrames, decodeTiles } = plan;
  const { dit, ae } = model;
  const { frames, height, width, channels } = geometry.latent;
  const passes = promptRows.length;
  const chunkTokens = Math.max(...chunks.map(({ tokens }) => tokens.count));
  const framePixels = geometry.width * geometry.height * f32;

  // Where the film is, where it seems to go, and one velocity a pass.
  const latents = (2 + passes) * frames * height * width * channels * f32;
  // Row lists: sorted rows, windows (queries and keys), frames (both), and the text of every pass.
  const lists = (5 + passes) * geometry.tokens * f32;
  const text = promptRows.reduce((sum, rows) => sum + textBytes(dit, rows), 0);
  // What a pass guesses of tokens, and how far off that may be.
  const guesses = passes * 2 * geometry.tokens * guessValues(dit) * f32;
  // What the router chose in every layer, two bytes a token.
  const choices = dit.groups === undefined ? 0 : dit.layers * geometry.tokens * 2;
  const modulation = (6 * dit.layers + 6 + 2 + 1) * dit.dim * f32;
  const preview = previewFrames(geometry).length * framePixels;
  const transformer = sum(Object.values(ditBuffers(geometry, dit, chunkTokens)));
  const decoder = sum(decoderSizes(geometry.latent, ae, { frames: decodeFrames, tiles: decodeTiles }));
  // Frames and previews are copied to where the host can read them.
  const readback = Math.max(preview, decodeFrames * ae.temporal * framePixels);
  return latents + lists + text + guesses + choices + modulation + preview + transformer + decoder + readback;
}

/** Keys and values of the text in every block, and what they are made from. */
function textBytes({ dim, layers, text_padded = false }: ModelConfig['dit'], rows: number): number {
  return (2 * layers + 1) * (rows + Number(text_padded)) * dim * f32;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
