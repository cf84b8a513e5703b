import type { Gpu } from '../engine/gpu/gpu.ts';
import { gemm } from '../engine/kernels/gemm.ts';
import { invariant } from '../lib/errors.ts';

/** Speed of the adapter on one matrix product of the size that films are made of, in FLOPs a second. */
export async function measureSpeed(gpu: Gpu): Promise<number> {
  const [rows, columns, inner] = [1024, 256, 256];
  const buffers = [
    gpu.buffer('speed a', rows * inner * 4),
    gpu.buffer('speed w', columns * inner * 4),
    gpu.buffer('speed bias', columns * 4),
    gpu.buffer('speed y', rows * columns * 4),
  ] as const;
  const [a, w, bias, y] = buffers;
  const product = await gemm(gpu, { a, w, bias, y, rows, columns, inner });
  let seconds = Number.POSITIVE_INFINITY;
  const repeats = gpu.traits.software ? 1 : 50;
  for (let i = 0; i < 3; i++) {
    const started = performance.now();
    const encoder = gpu.device.createCommandEncoder();
    gpu.record(encoder, new Array(repeats).fill(product));
    gpu.device.queue.submit([encoder.finish()]);
    await gpu.device.queue.onSubmittedWorkDone();
    seconds = Math.min(seconds, (performance.now() - started) / 1000 / repeats);
  }
  gpu.free(...buffers);
  invariant(seconds > 0, 'a measurement takes time');
  // A film also has norms, softmax and copies: it runs at about three quarters of a bare product's speed.
  return (0.75 * product.flops) / seconds;
}
