import type { ModelConfig, PapercutDecoderConfig } from '../model/config.ts';
import { detailCells, markValues } from './detail.ts';
import type { FilmGeometry } from './types.ts';

const f32 = 4;

/** Bytes of every buffer that the transformer works in for one film, by name. */
export interface DitBuffers {
  /** Residual stream [tokens, dim]. */
  x: number;
  q: number;
  k: number;
  v: number;
  /** What attention gives [tokens, dim]; where branches are one softmax, with `massBytes` behind it. */
  attended: number;
  /** Router's choice [tokens]. */
  group: number;
  /** Its probability [tokens], and behind it what keys in other shots gain [tokens], where they do. */
  weight: number;
  /** Normed tokens of one chunk [chunk, dim]. */
  h: number;
  /** Patch features of the film [tokens, z * patch height * patch width]. */
  patches: number;
  /** Where subjects are to be [tokens, patch height * patch width]; 0 for a transformer that is not told. */
  marks: number;
  /** Feed-forward layer of one chunk [chunk, ffn]. */
  hidden: number;
  /**
   * What convolutions see and draw in the cells of one chunk [chunk's cells, detail], `cells` with the frames around that
   * they are blended with; 0 where there are none.
   */
  seen: number;
  cells: number;
  drawn: number;
}

/** Bytes behind the rows of an attention's output whose lists are merged into one softmax: a vec4f for every row and head. */
export function massBytes(rows: number, heads: number): number {
  return rows * heads * 4 * f32;
}

/** Whether keys in other shots count more or less, where all lists are one softmax, than those of the same shot. */
export function weighsAcross({
  branches,
  across_shots,
  across_weight = 1,
}: Pick<ModelConfig['dit'], 'branches' | 'across_shots' | 'across_weight'>): boolean {
  return branches === 'softmax' && (across_weight > 1 || typeof across_shots === 'number');
}

/** Sizes of the transformer's activation buffers for a film that goes through in chunks of `chunkTokens`. */
export function ditBuffers(
  geometry: FilmGeometry,
  dit: Pick<
    ModelConfig['dit'],
    | 'dim'
    | 'heads'
    | 'ffn'
    | 'z'
    | 'patch'
    | 'marks'
    | 'branches'
    | 'across_shots'
    | 'across_weight'
    | 'detail'
    | 'detail_reach'
  >,
  chunkTokens: number,
): DitBuffers {
  const film = geometry.tokens * dit.dim * f32;
  const { tokens, tokensPerFrame } = geometry;
  const aroundTokens = Math.min(tokens, chunkTokens + 2 * (dit.detail_reach ?? 0) * tokensPerFrame);
  const tokenCells = detailCells(dit.patch) * (dit.detail ?? 0) * f32;
  const features = dit.z * dit.patch[1] * dit.patch[2];
  return {
    x: film,
    q: film,
    k: film,
    v: film,
    attended: film + (dit.branches === 'softmax' ? massBytes(tokens, dit.heads) : 0),
    group: geometry.tokens * f32,
    weight: geometry.tokens * f32 * (weighsAcross(dit) ? 2 : 1),
    h: chunkTokens * dit.dim * f32,
    patches: geometry.tokens * features * f32,
    marks: geometry.tokens * markValues(dit) * f32,
    hidden: chunkTokens * dit.ffn * f32,
    seen: chunkTokens * tokenCells,
    cells: aroundTokens * tokenCells,
    drawn: chunkTokens * tokenCells,
  };
}

/** Bytes of every buffer of Papercut's decoder for a chunk of `latentFrames`, by name. */
export interface DecoderBuffers {
  z: number;
  /** Linear path before and after it is spread over time and space. */
  linear: number;
  picture: number;
  /** Three stages: residual stream with one frame of memory before it, and two scratch buffers each. */
  stream: [number, number, number];
  a: [number, number, number];
  b: [number, number, number];
  /** Input of every MemBlock's last frame. */
  memory: [number, number, number];
  /** Output of the 1x1 convolutions before the two upsamplings. */
  wide: [number, number];
  rgba: number;
}

/** Sizes of the decoder's buffers: spatial size doubles and frames double from stage to stage. */
export function decoderBuffers(
  latent: { height: number; width: number },
  ae: Pick<PapercutDecoderConfig, 'z' | 'dec' | 'dec_mem' | 'ps' | 'temporal' | 'spatial'>,
  latentFrames: number,
): DecoderBuffers {
  const cells = latent.height * latent.width;
  const pixelFeatures = 3 * ae.ps * ae.ps;
  const stage = (channels: number, scale: number, frames: number): number =>
    frames * cells * scale * scale * channels * f32;
  const [first, second, third] = ae.dec;
  const scales = [1, 2, 4] as const;
  const perStage = (
    f: (channels: number, scale: 1 | 2 | 4, blocks: number) => number,
  ): [number, number, number] => [
    f(first, scales[0], ae.dec_mem[0]),
    f(second, scales[1], ae.dec_mem[1]),
    f(third, scales[2], ae.dec_mem[2]),
  ];
  const frames = latentFrames * ae.temporal;
  return {
    z: stage(ae.z, 1, latentFrames),
    linear: stage(pixelFeatures, 4, frames),
    picture: stage(pixelFeatures, 4, frames),
    stream: perStage((channels, scale) => stage(channels, scale, latentFrames * scale + 1)),
    a: perStage((channels, scale) => stage(channels, scale, latentFrames * scale)),
    b: perStage((channels, scale) => stage(channels, scale, latentFrames * scale)),
    memory: perStage((channels, scale, blocks) => blocks * stage(channels, scale, 1)),
    wide: [stage(8 * second, 1, latentFrames), stage(8 * third, 2, latentFrames * 2)],
    rgba: frames * cells * ae.spatial ** 2 * f32,
  };
}
