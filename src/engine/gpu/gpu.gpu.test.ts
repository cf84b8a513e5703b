import { describe, expect, it } from 'vitest';
import { testGpu } from '../testing/device.ts';

const gpu = await testGpu();

describe('Gpu', () => {
  it('counts the bytes of its buffers, in steps of 16', () => {
    const before = gpu.bytes;
    const a = gpu.buffer('a', 100);
    const b = gpu.buffer('b', 0);
    expect(gpu.bytes - before).toBe(112 + 16);
    gpu.free(a);
    expect(gpu.bytes - before).toBe(16);
    gpu.free(b);
    expect(gpu.bytes).toBe(before);
    expect(() => gpu.free(a)).toThrow('"a" is not alive');
  });

  it('keeps the peak until it is reset', () => {
    gpu.resetPeak();
    const before = gpu.bytes;
    expect(gpu.peakBytes).toBe(before);
    gpu.free(gpu.buffer('large', 4096));
    expect(gpu.peakBytes).toBe(before + 4096);
    gpu.resetPeak();
    expect(gpu.peakBytes).toBe(before);
  });

  it('hands back what was written, also from the middle', async () => {
    const buffer = gpu.upload('values', Float32Array.of(1, 2, 3, 4, 5));
    gpu.write(buffer, Float32Array.of(7), 4);
    const read = await gpu.read({ buffer, offset: 4, size: 8 });
    expect([...new Float32Array(read)]).toEqual([7, 3]);
    expect((await gpu.read({ buffer, size: 0 })).byteLength).toBe(0);
    gpu.free(buffer);
  });

  it('refuses a buffer that no binding can hold, with a sentence', () => {
    const before = gpu.bytes;
    const limit = gpu.device.limits.maxStorageBufferBindingSize;
    expect(() => gpu.buffer('monster', limit + 16)).toThrow(
      expect.objectContaining({
        code: 'gpu-out-of-memory',
        message: expect.stringMatching(/: make the film shorter or smaller\.$/),
      }),
    );
    expect(gpu.bytes).toBe(before);
  });
});

describe('a scope', () => {
  it('counts for those around it and frees all of its own at once', () => {
    const before = gpu.bytes;
    const outer = gpu.scope();
    const inner = outer.scope();
    outer.buffer('outer', 32);
    inner.buffer('inner', 64);
    expect([inner.bytes, outer.bytes, gpu.bytes - before]).toEqual([64, 96, 96]);
    inner.freeAll();
    expect([inner.bytes, outer.bytes, gpu.bytes - before]).toEqual([0, 32, 32]);
    outer.freeAll();
    expect(gpu.bytes).toBe(before);
    expect(gpu.peakBytes).toBeGreaterThanOrEqual(before + 96);
  });

  it('leaves what was made around it, which it can free by name', () => {
    const before = gpu.bytes;
    const scope = gpu.scope();
    const mine = gpu.buffer('mine', 16);
    scope.freeAll();
    expect(gpu.bytes - before).toBe(16);
    scope.free(mine);
    expect(gpu.bytes).toBe(before);
  });
});

describe('allocating', () => {
  it.each([
    [
      'had no room for a buffer',
      () => new GPUOutOfMemoryError('no room'),
      'gpu-out-of-memory',
      /^The GPU ran out/,
    ],
    [
      'refused a command',
      () => new GPUValidationError('no'),
      'unexpected',
      /^The GPU refused a command \(no\)/,
    ],
  ] as const)('says that the device %s', async (_, fault, code, message) => {
    const { device } = gpu;
    const pop = device.popErrorScope;
    let pops = 0;
    device.popErrorScope = async () => {
      pops += 1;
      await pop.call(device);
      // The inner scope is that of commands, the outer one that of memory.
      return pops === (code === 'unexpected' ? 1 : 2) ? fault() : null;
    };
    try {
      await expect(gpu.allocating(async () => 7)).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message),
      });
    } finally {
      device.popErrorScope = pop;
    }
    expect(await gpu.allocating(async () => 7)).toBe(7);
  });

  it('leaves no scope behind when the work fails', async () => {
    await expect(gpu.allocating(() => Promise.reject(new Error('no disk')))).rejects.toThrow('no disk');
    await expect(gpu.device.popErrorScope()).rejects.toThrow();
  });
});
