import type { AutoencoderConfig } from '../model/config.ts';
import { decoderBuffers } from './memory.ts';
import { taehvBuffers, taehvReach } from './taehv.ts';
import { flatWanVaeBuffers, type TileGrid, wanVaeBuffers, wanVaeReach } from './wanVae.ts';

/** How a film is decoded. */
export interface DecodePlan {
  /** Latent frames decoded at a time. */
  frames: number;
  /** Parts of the picture that are decoded one after the other. */
  tiles: TileGrid;
}

interface DecodeLimits {
  bindingBytes: number;
  dispatchFlops: number;
  /** GPU memory that decoding may take; where nothing is known of it, half of what a small card has. */
  decodeBytes?: number;
}

const usualDecodeBytes = 4 * 2 ** 30;
/** Latent frames decoded at a time, at most: more saves nothing. */
const maxDecodeFrames = 8;
const whole: TileGrid = { rows: 1, columns: 1 };
/** Ways to cut a picture, fewest parts first; wide pictures are cut across first. */
const grids: readonly TileGrid[] = [
  whole,
  { rows: 1, columns: 2 },
  { rows: 2, columns: 2 },
  { rows: 2, columns: 3 },
  { rows: 3, columns: 3 },
  { rows: 3, columns: 4 },
  { rows: 4, columns: 4 },
];

/** Bytes of every buffer of a decoder. */
export function decoderSizes(
  latent: { height: number; width: number },
  ae: AutoencoderConfig,
  { frames, tiles }: DecodePlan,
): number[] {
  switch (ae.kind) {
    case 'wan-vae':
      return flatWanVaeBuffers(wanVaeBuffers(latent, ae, tiles, frames));
    case 'taehv':
      return Object.values(taehvBuffers(latent, ae, frames)).flat();
    case 'papercut':
      return Object.values(decoderBuffers(latent, ae, frames)).flat();
  }
}

/** Latent frames before a frame that decoding it depends on, with some to spare. */
export function decoderReach(ae: AutoencoderConfig): number {
  switch (ae.kind) {
    case 'wan-vae':
      return wanVaeReach;
    case 'taehv':
      return taehvReach;
    case 'papercut':
      return 4;
  }
}

/** Chunks and tiles whose largest buffer and, for all of them together, whose memory stay inside the limits. */
export function planDecode(
  latent: { frames: number; height: number; width: number },
  ae: AutoencoderConfig,
  limits: DecodeLimits,
): DecodePlan {
  return {
    frames: planDecodeFrames(latent, ae, limits),
    tiles: ae.kind === 'wan-vae' ? planTiles(latent, ae, limits) : whole,
  };
}

function planTiles(
  latent: { height: number; width: number },
  ae: AutoencoderConfig,
  { bindingBytes, decodeBytes = usualDecodeBytes }: DecodeLimits,
): TileGrid {
  const turned = latent.height > latent.width;
  const ways = grids
    .map(({ rows, columns }) => (turned ? { rows: columns, columns: rows } : { rows, columns }))
    .filter(({ rows, columns }) => rows <= latent.height && columns <= latent.width);
  const fits = (tiles: TileGrid): boolean => {
    const sizes = decoderSizes(latent, ae, { frames: 1, tiles });
    return Math.max(...sizes) <= bindingBytes && sizes.reduce((sum, bytes) => sum + bytes, 0) <= decodeBytes;
  };
  return ways.find(fits) ?? ways.at(-1) ?? whole;
}

/** Latent frames at a time; at least one. The Wan-VAE goes frame by frame inside, so one is as good as many. */
function planDecodeFrames(
  latent: { frames: number; height: number; width: number },
  ae: AutoencoderConfig,
  { bindingBytes, dispatchFlops, decodeBytes = usualDecodeBytes }: DecodeLimits,
): number {
  if (ae.kind === 'wan-vae') return 1;
  const cells = latent.height * latent.width;
  const flops = Math.max(
    ...(ae.kind === 'papercut' ? ae.dec : ae.channels.slice(0, 3)).map(
      (channels, stage) => 2 * 18 * channels * channels * cells * (ae.kind === 'papercut' ? 8 : 4) ** stage,
    ),
  );
  const sizes = decoderSizes(latent, ae, { frames: 1, tiles: whole });
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const fit = Math.floor(
    Math.min(dispatchFlops / flops, bindingBytes / Math.max(...sizes), decodeBytes / bytes),
  );
  return Math.max(1, Math.min(fit, latent.frames, maxDecodeFrames));
}
