import type { GoldenSetting } from './setting.ts';

/**
 * The router's probabilities in a block, computed on the host in double precision from the block's golden
 * input [tokens, dim] and the timestep's e0 [6, dim]: softmax(W (LN(x) (1 + scale) + shift)).
 */
export async function routerProbabilities(
  { config, dit }: GoldenSetting,
  block: number,
  input: Float32Array,
  e0: Float32Array,
): Promise<(token: number) => number[]> {
  const { dim, eps, groups = 1 } = config.dit;
  const modulation = await dit.floats(`blocks.${block}.modulation`, [1, 6, dim]);
  const router = await dit.floats(`blocks.${block}.self_attn.router.weight`, [groups, dim]);
  const row = (j: number, i: number): number => (modulation[j * dim + i] ?? 0) + (e0[j * dim + i] ?? 0);
  return (token) => {
    const x = Array.from(input.subarray(token * dim, (token + 1) * dim));
    const mean = x.reduce((sum, value) => sum + value, 0) / dim;
    const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / dim;
    const h = x.map((value, i) => ((value - mean) / Math.sqrt(variance + eps)) * (1 + row(1, i)) + row(0, i));
    const logits = Array.from({ length: groups }, (_, g) =>
      h.reduce((sum, value, i) => sum + value * (router[g * dim + i] ?? 0), 0),
    );
    const top = Math.max(...logits);
    const exponentials = logits.map((logit) => Math.exp(logit - top));
    const total = exponentials.reduce((sum, value) => sum + value, 0);
    return exponentials.map((value) => value / total);
  };
}
