import type { TaehvConfig } from '../model/config.ts';

const f32 = 4;

/** Frames that each upsampling of a TAEHV makes of one: the first doubles only the sides. */
export const taehvGrowth = [1, 2, 2] as const;

export const blocksPerStage = 3;

/** Latent frames that a frame depends on: three stages of three blocks that remember one frame, two at the latent's rate. */
export const taehvReach = 8;

/** Bytes of every buffer of the decoder for a chunk of `latentFrames`, by name. */
export interface TaehvBuffers {
  z: number;
  /** Per stage: residual stream with one frame of memory before it, two scratch buffers, the memory of its blocks. */
  stream: number[];
  a: number[];
  b: number[];
  memory: number[];
  /** Frames whose rate has been raised, before their sides are doubled. */
  grown: number[];
  /** Output of the convolution that doubles the sides, before it is spread. */
  wide: number[];
  /** One frame before the last convolution, and after it. */
  last: number;
  picture: number;
  rgba: number;
}

/** Frames of a stage for every latent frame; both sides are `2 ** stage` times the latent's. */
export function taehvFrames(stage: number): number {
  return taehvGrowth.slice(0, stage).reduce<number>((product, grows) => product * grows, 1);
}

/** Sizes of the decoder's buffers. What follows the last stage goes frame by frame. */
export function taehvBuffers(
  latent: { height: number; width: number },
  { z, channels, temporal }: Pick<TaehvConfig, 'z' | 'channels' | 'temporal'>,
  latentFrames: number,
): TaehvBuffers {
  const cells = latent.height * latent.width;
  const frame = (stage: number, width: number): number => cells * 4 ** stage * width * f32;
  const stages = channels.slice(0, 3);
  const frames = (stage: number): number => latentFrames * taehvFrames(stage);
  const after = (stage: number): number => (stage === 2 ? 1 : latentFrames * taehvFrames(stage + 1));
  const last = channels[3];
  return {
    z: frame(0, z) * latentFrames,
    stream: stages.map((width, stage) => (frames(stage) + 1) * frame(stage, width)),
    a: stages.map((width, stage) => frames(stage) * frame(stage, width)),
    b: stages.map((width, stage) => frames(stage) * frame(stage, width)),
    memory: stages.map((width, stage) => (blocksPerStage + 1) * frame(stage, width)),
    grown: stages.map((width, stage) => frames(stage) * (taehvGrowth[stage] ?? 1) * frame(stage, width)),
    wide: stages.map((_, stage) => after(stage) * frame(stage, 4 * (channels[stage + 1] ?? 0))),
    last: frame(3, last),
    picture: frame(3, 3),
    rgba: latentFrames * temporal * frame(3, 1),
  };
}

/** FLOPs of decoding a film; the frames that are dropped at its start are computed too, so they count. */
export function taehvFlops(
  latent: { frames: number; height: number; width: number },
  { z, channels }: Pick<TaehvConfig, 'z' | 'channels'>,
): number {
  const conv = (from: number, to: number): number => 2 * 9 * from * to;
  let perCell = conv(z, channels[0]);
  for (const [stage, grows] of taehvGrowth.entries()) {
    const width = channels[stage] ?? 0;
    const next = channels[stage + 1] ?? 0;
    const pixels = taehvFrames(stage) * 4 ** stage;
    perCell += pixels * blocksPerStage * (conv(2 * width, width) + 2 * conv(width, width));
    perCell += pixels * 2 * width * grows * width;
    perCell += pixels * grows * 4 * conv(width, next);
  }
  perCell += taehvFrames(3) * 4 ** 3 * conv(channels[3], 3);
  return latent.frames * latent.height * latent.width * perCell;
}
