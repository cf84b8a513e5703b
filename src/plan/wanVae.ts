import type { WanVaeConfig } from '../model/config.ts';
import { cutEvenly } from './runs.ts';

const f32 = 4;

/** A resolution of Wan-VAE's decoder: three residual blocks and, but for the last, an upsampling. */
export interface WanVaeStage {
  /** Channels that the first block takes, and that every block gives. */
  input: number;
  channels: number;
  /** Pixels on each side of a latent cell. */
  scale: number;
  /** Frames that a later latent frame stands for here. */
  frames: number;
  /** The upsampling at its end also doubles the frame rate. */
  doublesTime: boolean;
}

/** The four stages of a decoder whose last one has `dim` channels. */
export function wanVaeStages(dim: number): WanVaeStage[] {
  return [
    { input: 4 * dim, channels: 4 * dim, scale: 1, frames: 1, doublesTime: true },
    { input: 2 * dim, channels: 4 * dim, scale: 2, frames: 2, doublesTime: true },
    { input: 2 * dim, channels: 2 * dim, scale: 4, frames: 4, doublesTime: false },
    { input: dim, channels: dim, scale: 8, frames: 4, doublesTime: false },
  ];
}

export const blocksPerStage = 3;

/** Frames that a causal convolution looks back. */
export const cachedFrames = 2;

/**
 * Latent cells around a tile that its pixels depend on after the first stage, which sees the whole frame: seven 3x3
 * convolutions each at two, four and eight times the latent's resolution reach 7/2 + 7/4 + 7/8 cells and half a cell
 * more for the last.
 */
export const tileHalo = 7;

/**
 * Latent frames that a frame depends on: eleven convolutions over three frames at the latent's rate with one more
 * before the first doubling, seven at twice the rate, and thirteen at four times.
 */
export const wanVaeReach = 40;

/** A rectangle of latent cells. */
export interface Rectangle {
  top: number;
  left: number;
  height: number;
  width: number;
}

/** A part of the picture that is decoded by itself. */
export interface Tile {
  /** What of the picture it is for. */
  core: Rectangle;
  /** The core with everything around it that its pixels depend on. */
  seen: Rectangle;
}

export interface TileGrid {
  rows: number;
  columns: number;
}

/** The tiles of a latent frame; their cores cover it without overlap. */
export function wanVaeTiles(latent: { height: number; width: number }, { rows, columns }: TileGrid): Tile[] {
  const side = (length: number, parts: number) =>
    cutEvenly({ start: 0, count: length }, parts).map(({ start, count }) => {
      const first = Math.max(0, start - tileHalo);
      return { start, count, first, seen: Math.min(length, start + count + tileHalo) - first };
    });
  return side(latent.height, rows).flatMap((y) =>
    side(latent.width, columns).map((x) => ({
      core: { top: y.start, left: x.start, height: y.count, width: x.count },
      seen: { top: y.first, left: x.first, height: y.seen, width: x.seen },
    })),
  );
}

/** Bytes of the buffers of one stage for `cells` latent cells. */
export interface WanVaeStageBuffers {
  input: number;
  x: number;
  h: number;
  y: number;
  /** Frames before, of the input of every convolution over time: one entry a buffer. */
  caches: number[];
}

/** Bytes of every buffer of the decoder, by name. */
export interface WanVaeBuffers {
  z: number;
  u: number;
  query: number;
  key: number;
  value: number;
  scores: number;
  zeros: number;
  /** Frame of the first stage cut to the tile, and what doubles its rate. */
  cut: number;
  doubled: number;
  firstCaches: number[];
  stages: WanVaeStageBuffers[];
  timeCaches: number[];
  headCaches: number[];
  picture: number;
  tileRgba: number;
  rgba: number;
}

/** Rows of attention scores that are computed at a time. */
export function scoreRows(cells: number): number {
  const most = Math.max(16, Math.floor(2 ** 24 / Math.max(1, cells) / 16) * 16);
  return Math.min(most, Math.ceil(cells / 16) * 16);
}

/** Cells rounded up to what a matrix product takes as its inner size. */
export function paddedCells(cells: number): number {
  return Math.ceil(cells / 4) * 4;
}

/** Sizes of the decoder's buffers: the first stage works on whole frames, the others on tiles. */
export function wanVaeBuffers(
  latent: { height: number; width: number },
  { dim, z, temporal }: Pick<WanVaeConfig, 'dim' | 'z' | 'temporal'>,
  grid: TileGrid,
  latentFrames: number,
): WanVaeBuffers {
  const cells = latent.height * latent.width;
  const padded = paddedCells(cells);
  const seen = Math.max(...wanVaeTiles(latent, grid).map(({ seen: tile }) => tile.height * tile.width));
  const tiled = grid.rows * grid.columns > 1;
  const wide = 4 * dim;
  const [first, ...later] = wanVaeStages(dim).map((stage, index): WanVaeStageBuffers => {
    const pixels = (index === 0 ? padded : seen) * stage.scale ** 2;
    const frame = (channels: number): number => pixels * channels * f32;
    const widest = Math.max(stage.input, stage.channels);
    const blocks = Array.from({ length: blocksPerStage }, (_, block) => [
      frame(block === 0 ? stage.input : stage.channels),
      frame(stage.channels),
    ]).flat();
    return {
      input: stage.input === stage.channels ? 0 : frame(stage.input),
      x: frame(stage.channels),
      h: frame(widest),
      y: frame(stage.channels),
      caches: twice(blocks),
    };
  });
  return {
    z: cells * z * f32,
    u: cells * z * f32,
    query: padded * wide * f32,
    key: padded * wide * f32,
    value: padded * wide * f32,
    scores: scoreRows(cells) * padded * f32,
    zeros: padded * f32,
    cut: tiled ? seen * wide * f32 : 0,
    doubled: seen * wide * f32,
    // The first convolution, and the two residual blocks around the attention.
    firstCaches: twice([cells * z * f32, ...Array.from({ length: 4 }, () => padded * wide * f32)]),
    stages: first ? [first, ...later] : [],
    timeCaches: twice([seen * wide * f32, seen * 4 * wide * f32]),
    headCaches: twice([seen * 64 * dim * f32]),
    picture: seen * 64 * 3 * f32,
    tileRgba: tiled ? seen * 64 * f32 : 0,
    rgba: latentFrames * temporal * cells * 64 * f32,
  };
}

function twice(sizes: readonly number[]): number[] {
  return sizes.flatMap((bytes) => Array.from({ length: cachedFrames }, () => bytes));
}

/** Bytes of every buffer in one list. */
export function flatWanVaeBuffers(buffers: WanVaeBuffers): number[] {
  const { stages, ...others } = buffers;
  return [...Object.values(others).flat(), ...stages.flatMap((stage) => Object.values(stage).flat())];
}

/** FLOPs of decoding a film: multiply-adds of convolutions, products and attention count twice. */
export function wanVaeFlops(
  latent: { frames: number; height: number; width: number },
  { dim, z }: Pick<WanVaeConfig, 'dim' | 'z'>,
  grid: TileGrid = { rows: 1, columns: 1 },
): number {
  const wide = 4 * dim;
  const over = (taps: number, from: number, to: number): number => 2 * taps * from * to;
  const residual = (from: number, to: number): number =>
    over(27, from, to) + over(27, to, to) + (from === to ? 0 : over(1, from, to));
  const cells = latent.height * latent.width;
  const tiles = wanVaeTiles(latent, grid);
  const seen = tiles.reduce((sum, { seen: tile }) => sum + tile.height * tile.width, 0);
  const later = latent.frames - 1;
  const whole =
    over(1, z, z) + over(27, z, wide) + 5 * residual(wide, wide) + over(1, wide, 4 * wide) + 4 * cells * wide;
  let perCell = 0;
  for (const [index, { input, channels, scale, frames, doublesTime }] of wanVaeStages(dim).entries()) {
    const shown = 1 + later * frames;
    const grown = 1 + later * frames * (doublesTime ? 2 : 1);
    if (index > 0) {
      const blocks = residual(input, channels) + (blocksPerStage - 1) * residual(channels, channels);
      perCell += shown * scale ** 2 * blocks;
    }
    if (doublesTime) perCell += later * frames * scale ** 2 * over(3, channels, 2 * channels);
    perCell +=
      scale === 8 ? shown * 64 * over(27, dim, 3) : grown * 4 * scale ** 2 * over(9, channels, channels / 2);
  }
  return tiles.length * latent.frames * cells * whole + seen * perCell;
}
