import type { ModelConfig } from '../model/config.ts';

/** The sizes of a transformer that its convolutions over latent cells depend on. */
export type Sized = Pick<ModelConfig['dit'], 'dim' | 'z' | 'patch' | 'detail'>;

const taps = 9;

/** Latent cells of a token in one frame. */
export function detailCells(patch: Sized['patch']): number {
  return patch[1] * patch[2];
}

/**
 * FLOPs of a token's share of the convolutions and of what goes between them and tokens; 0 where there are none. The
 * first two are computed twice, before the blocks and after them.
 */
export function detailFlops({ dim, z, patch, detail: channels = 0 }: Sized): number {
  const cells = detailCells(patch);
  const wide = taps * channels ** 2;
  const convolving = 2 * (taps * z * channels + wide) + 2 * wide;
  const joining = 2 * dim * cells * channels + cells * channels * cells * z;
  return 2 * (cells * convolving + joining);
}

/** On the GPU: bytes of the four convolutions' weights and biases, which are f32, and the matrices [columns, inner] beside them. */
export function detailWeights({ dim, z, patch, detail: channels }: Sized): {
  bytes: number;
  matrices: readonly (readonly [columns: number, inner: number])[];
} {
  if (channels === undefined) return { bytes: 0, matrices: [] };
  const wide = channels * detailCells(patch);
  const values = (taps * z + 1) * channels + 3 * (taps * channels + 1) * channels;
  return {
    bytes: values * 4,
    matrices: [
      [dim, wide],
      [wide, dim],
      [z * detailCells(patch), wide],
    ],
  };
}
