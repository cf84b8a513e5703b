import { describe, expect, it } from 'vitest';
import { rateOf, speedUpOf, summarize } from './summary.ts';
import { blockResult, gpuResults, kernelResult } from './testing.ts';

describe('rateOf', () => {
  it('is in GFLOP/s', () => {
    expect(rateOf(3e9, 1500)).toBeCloseTo(2, 12);
  });
});

describe('speedUpOf', () => {
  const dense = blockResult(1000, null, 8e9, 1000);

  it('compares with the dense block of the same film', () => {
    const grouped = blockResult(1000, 8, 2e9, 400);
    const longer = blockResult(4000, null, 9e9, 9000);
    const speedUp = speedUpOf(grouped, [longer, dense, grouped]);
    expect(speedUp).toEqual({ measured: 2.5, promised: 4, share: 0.625 });
  });

  it('has nothing to compare a dense block or a film without one with', () => {
    const alone = blockResult(4000, 8, 2e9, 400);
    const otherModel = blockResult(4000, null, 2e9, 400, { model: 'Wan' });
    expect(speedUpOf(dense, [dense])).toBeNull();
    expect(speedUpOf(alone, [alone, dense, otherModel])).toBeNull();
  });
});

describe('summarize', () => {
  it('takes geometric means over the shapes of a kernel, and the worst', () => {
    const kernels = [
      kernelResult(100, 400),
      kernelResult(50, 800),
      kernelResult(100, 300, { kernel: 'conv' }),
      kernelResult(100, 50, { kernel: 'attention' }),
    ];
    const summary = summarize(gpuResults({ kernels }));
    expect(summary.gemmVsPeer).toBeCloseTo(8, 12);
    expect(summary.gemmWorstVsPeer).toBe(4);
    expect(summary.convVsPeer).toBeCloseTo(3, 12);
    expect(summary.attentionVsPeer).toBeCloseTo(0.5, 12);
    // The best product makes 20 GFLOP/s of 40.
    expect(summary.gemmOfPeak).toBeCloseTo(0.5, 12);
    expect(summary.gemmOfTile).toBeCloseTo(0.8, 12);
  });

  it('leaves out what had no peer, but not its share of the peak', () => {
    const summary = summarize(gpuResults({ kernels: [kernelResult(100, null)] }));
    expect(summary).toMatchObject({
      gemmVsPeer: null,
      gemmWorstVsPeer: null,
      gemmOfPeak: 0.25,
      gemmOfTile: 0.4,
    });
  });

  it('judges MoGA by the longest film with dense attention, at eight groups', () => {
    const blocks = [
      blockResult(1000, null, 8e9, 1000),
      blockResult(1000, 8, 2e9, 1000),
      blockResult(4000, null, 8e9, 1000),
      blockResult(4000, 20, 1e9, 1000),
      blockResult(4000, 8, 2e9, 500, { sortMs: 10 }),
      blockResult(16_000, 8, 2e9, 500),
    ];
    expect(summarize(gpuResults({ blocks }))).toMatchObject({ mogaOfFlops: 0.5, sortShare: 0.02 });
  });

  it('takes the most groups where there are no eight', () => {
    const blocks = [
      blockResult(4000, null, 8e9, 1000),
      blockResult(4000, 4, 4e9, 500),
      blockResult(4000, 5, 2e9, 500),
    ];
    expect(summarize(gpuResults({ blocks })).mogaOfFlops).toBe(0.5);
  });

  it('is empty for a run that measured nothing', () => {
    expect(Object.values(summarize(null)).every((value) => value === null)).toBe(true);
  });
});
