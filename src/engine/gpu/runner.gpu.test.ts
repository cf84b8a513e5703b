import { afterEach, describe, expect, it, vi } from 'vitest';
import { openDevice } from '../device.ts';
import { multiply } from '../kernels/elementwise.ts';
import { testGpu } from '../testing/device.ts';
import type { Dispatch, Gpu } from './gpu.ts';
import { Runner, totalFlops } from './runner.ts';

const gpu = await testGpu();
afterEach(() => vi.restoreAllMocks());

/** Doubles `y`; stands for as much work as is said. */
async function doubling(on: Gpu, y: GPUBuffer, flops: number): Promise<Dispatch> {
  const two = on.upload('two', Float32Array.of(2, 2, 2, 2));
  return { ...(await multiply(on, { a: two, y, count: 4 })), flops };
}

/**
 * Dispatches that go out one by one, however fast or slow the machine is: each is a thousand times as heavy as the last, by
 * which the runner has learnt what the GPU can do.
 */
async function growing(y: GPUBuffer, count: number): Promise<Dispatch[]> {
  const dispatch = await doubling(gpu, y, 1e15);
  return Array.from({ length: count }, (_, i) => ({ ...dispatch, flops: 1e15 * 1e3 ** i }));
}

const floats = async (buffer: GPUBuffer): Promise<number[]> => [...new Float32Array(await gpu.read(buffer))];

describe('Runner', () => {
  it('runs dispatches and copies in order', async () => {
    const a = gpu.upload('a', Float32Array.of(1, 2, 3, 4));
    const b = gpu.buffer('b', 32);
    const double = await doubling(gpu, a, 0);
    await new Runner(gpu).run([
      { from: a, to: b, bytes: 16 },
      double,
      double,
      { from: a, fromOffset: 4, to: b, toOffset: 16, bytes: 8 },
      double,
    ]);
    expect(await floats(b)).toEqual([1, 2, 3, 4, 8, 12, 0, 0]);
    expect(await floats(a)).toEqual([8, 16, 24, 32]);
  });

  it('takes a step of the host after the work before it is submitted, and before the work after it', async () => {
    const y = gpu.upload('y', Float32Array.of(1, 2, 3, 4));
    const copy = gpu.buffer('copy', 16);
    const submit = vi.spyOn(gpu.device.queue, 'submit');
    const double = await doubling(gpu, y, 0);
    const host = async (): Promise<void> => {
      expect(submit).toHaveBeenCalledTimes(1);
      await Promise.resolve();
      gpu.write(y, Float32Array.of(10, 20, 30, 40));
    };
    await new Runner(gpu).run([double, { from: y, to: copy, bytes: 16 }, { host }, double]);
    expect(submit).toHaveBeenCalledTimes(2);
    expect(await floats(copy)).toEqual([2, 4, 6, 8]);
    expect(await floats(y)).toEqual([20, 40, 60, 80]);
    await expect(new Runner(gpu).run([{ host: () => Promise.reject(new Error('no disk')) }])).rejects.toThrow(
      'no disk',
    );
  });

  it('puts small work into one submission, and gives large work one each', async () => {
    const y = gpu.upload('y', Float32Array.of(1, 1, 1, 1));
    const submit = vi.spyOn(gpu.device.queue, 'submit');
    await new Runner(gpu).run(new Array(20).fill(await doubling(gpu, y, 1)));
    expect(submit).toHaveBeenCalledTimes(1);
    submit.mockClear();
    await new Runner(gpu).run(await growing(y, 5));
    expect(submit).toHaveBeenCalledTimes(5);
    expect(await floats(y)).toEqual(new Array(4).fill(2 ** 25));
  });

  it('tells of all work as it ends, with at most two submissions on their way', async () => {
    const y = gpu.upload('y', Float32Array.of(1, 1, 1, 1));
    const submit = vi.spyOn(gpu.device.queue, 'submit');
    const program = await growing(y, 6);
    const done: number[] = [];
    await new Runner(gpu).run(program, {
      onDone: async (flops) => {
        expect(submit.mock.calls.length - done.length).toBeLessThanOrEqual(2);
        done.push(flops);
      },
    });
    expect(done).toEqual(program.map(({ flops }) => flops));
    expect(totalFlops(program)).toBe(done.reduce((sum, flops) => sum + flops));
  });

  it('submits nothing while somebody is slow to hear of it', async () => {
    const y = gpu.upload('y', Float32Array.of(1, 1, 1, 1));
    const submit = vi.spyOn(gpu.device.queue, 'submit');
    let heard = 0;
    await new Runner(gpu).run(await growing(y, 4), {
      onDone: async () => {
        const before = submit.mock.calls.length;
        await gpu.device.queue.onSubmittedWorkDone();
        await new Promise((resolve) => setTimeout(resolve, 20));
        expect(submit.mock.calls.length).toBe(before);
        heard += 1;
      },
    });
    expect(heard).toBe(4);
  });

  it('stops after what is on its way when it is cancelled', async () => {
    const y = gpu.upload('y', Float32Array.of(1, 1, 1, 1));
    const submit = vi.spyOn(gpu.device.queue, 'submit');
    const controller = new AbortController();
    const program = await growing(y, 20);
    let submitted = 0;
    const run = new Runner(gpu).run(program, {
      signal: controller.signal,
      onDone: () => {
        submitted = submit.mock.calls.length;
        controller.abort();
      },
    });
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(submit.mock.calls.length).toBe(submitted);
    expect(await floats(y)).toEqual(new Array(4).fill(2 ** submitted));
  });

  it('submits nothing while it is paused, and all of it in the end', async () => {
    const y = gpu.upload('y', Float32Array.of(1, 1, 1, 1));
    const submit = vi.spyOn(gpu.device.queue, 'submit');
    const runner = new Runner(gpu);
    const program = await growing(y, 6);
    let done = 0;
    const run = runner.run(program, {
      onDone: () => {
        done += 1;
        if (done === 2) runner.pause();
      },
    });
    await expect.poll(() => done).toBe(3);
    const submitted = submit.mock.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(done).toBe(submitted);
    expect(submit.mock.calls.length).toBe(submitted);
    expect(submitted).toBeLessThan(6);
    runner.pause();
    runner.resume();
    await run;
    expect(await floats(y)).toEqual(new Array(4).fill(2 ** 6));
  });

  it('can be paused before it starts, and cancelled while it is paused', async () => {
    const y = gpu.upload('y', Float32Array.of(1, 1, 1, 1));
    const submit = vi.spyOn(gpu.device.queue, 'submit');
    const runner = new Runner(gpu);
    runner.pause();
    const controller = new AbortController();
    const run = runner.run([await doubling(gpu, y, 1)], { signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(submit).not.toHaveBeenCalled();
  });

  it('does nothing when it is cancelled before', async () => {
    const submit = vi.spyOn(gpu.device.queue, 'submit');
    const y = gpu.upload('y', Float32Array.of(1, 1, 1, 1));
    const run = new Runner(gpu).run([await doubling(gpu, y, 1)], { signal: AbortSignal.abort() });
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(submit).not.toHaveBeenCalled();
  });
});

describe('a fault of the device', () => {
  it.each([
    [
      'too little memory',
      () => new GPUOutOfMemoryError('no room'),
      'gpu-out-of-memory',
      /ran out of memory: /,
    ],
    ['a refusal', () => new GPUValidationError('bad size\n at line 1'), 'unexpected', /\(bad size\): reload/],
  ])('ends the work with a sentence, and not the work after it: %s', async (_, make, code, sentence) => {
    const { gpu: own } = await openDevice();
    const runner = new Runner(own);
    own.device.dispatchEvent(
      new GPUUncapturedErrorEvent('uncapturederror', { error: make(), cancelable: true }),
    );
    const y = own.upload('y', Float32Array.of(1, 1, 1, 1));
    const program = [await doubling(own, y, 1)];
    const failed = await runner.run(program).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code, message: expect.stringMatching(sentence) });
    expect(await runner.faultBehind(failed)).toBe(failed);
    await runner.run(program);
    own.device.destroy();
  });

  it('ends work that is paused', async () => {
    const { gpu: own } = await openDevice();
    const runner = new Runner(own);
    runner.pause();
    const y = own.upload('y', Float32Array.of(1, 1, 1, 1));
    const run = runner.run([await doubling(own, y, 1)]);
    setTimeout(() => own.device.destroy(), 50);
    await expect(run).rejects.toMatchObject({ code: 'device-lost' });
  });

  it('is what stands behind another error', async () => {
    const { gpu: own } = await openDevice();
    const runner = new Runner(own);
    const y = own.upload('y', Float32Array.of(1, 1, 1, 1));
    own.device.destroy();
    const failed = await own.read(y).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(DOMException);
    const fault = await runner.faultBehind(failed);
    expect(fault).toMatchObject({ code: 'device-lost' });
    await expect(runner.run([])).rejects.toBe(fault);
    const other = new Error('of our own');
    expect(await new Runner(gpu).faultBehind(other)).toBe(other);
  });
});
