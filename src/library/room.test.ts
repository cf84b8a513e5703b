import { afterEach, describe, expect, it, vi } from 'vitest';
import { estimateRoom, formatBytes } from './room.ts';

afterEach(() => vi.unstubAllGlobals());

describe('formatBytes', () => {
  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1000, '1.0 kB'],
    [20_986_120, '21.0 MB'],
    [345_600_000, '346 MB'],
    [8.25e9, '8.3 GB'],
    [3e15, '3000 TB'],
  ])('%d bytes read %j', (bytes, words) => expect(formatBytes(bytes)).toBe(words));
});

describe('estimateRoom', () => {
  it('gives what the browser tells, and null where it does not', async () => {
    vi.stubGlobal('navigator', { storage: { estimate: async () => ({ usage: 5, quota: 100 }) } });
    expect(await estimateRoom()).toEqual({ used: 5, available: 100 });
    vi.stubGlobal('navigator', { storage: { estimate: async () => ({}) } });
    expect(await estimateRoom()).toBeNull();
    vi.stubGlobal('navigator', {});
    expect(await estimateRoom()).toBeNull();
  });
});
