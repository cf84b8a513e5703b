import { expect, it } from 'vitest';
import type { RouterRecord } from '../../library/routerRecords.ts';
import { filmOf } from '../../plan/testing.ts';
import { groupsJson } from './groupsJson.ts';

it('holds every map of the record, counted from 1', () => {
  // Two shots of two and one latent frames of one row of two patches.
  const geometry = filmOf(1, 2, [2, 1]);
  const record: RouterRecord = {
    ofSteps: 4,
    layers: 2,
    groups: 3,
    grid: { frames: 3, rows: 1, columns: 2 },
    steps: [1, 4].map((step) => ({
      step,
      groups: Uint8Array.of(0, 1, 2, 2, 2, step === 1 ? 0 : 1, 0, 0, 0, 0, 0, 0),
      quarters: new Uint8Array(12),
    })),
  };
  const saved: unknown = JSON.parse(groupsJson('A boat', record, geometry));
  const whole = {
    layer: 2,
    counts: [6, 0, 0],
    pairShare: 1,
    byShot: [
      [4, 0, 0],
      [2, 0, 0],
    ],
  };
  const allFirst = [
    [1, 1],
    [1, 1],
    [1, 1],
  ];
  expect(saved).toMatchObject({
    format: 'shotweave/groups',
    title: 'A boat',
    ofSteps: 4,
    grid: { frames: 3, rows: 1, columns: 2 },
    shots: [
      { firstLatentFrame: 0, latentFrames: 2 },
      { firstLatentFrame: 2, latentFrames: 1 },
    ],
    maps: [
      {
        step: 1,
        layer: 1,
        counts: [2, 1, 3],
        pairShare: 14 / 36,
        frames: [
          [1, 2],
          [3, 3],
          [3, 1],
        ],
      },
      { step: 1, ...whole, frames: allFirst },
      {
        step: 4,
        layer: 1,
        counts: [1, 2, 3],
        byShot: [
          [1, 1, 2],
          [0, 1, 1],
        ],
        frames: [
          [1, 2],
          [3, 3],
          [3, 2],
        ],
      },
      { step: 4, ...whole, frames: allFirst },
    ],
  });
});
