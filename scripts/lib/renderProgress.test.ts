import { expect, it } from 'vitest';
import type { ProgressEvent } from '../../src/render/protocol.ts';
import { createLines, formatSeconds } from './renderProgress.ts';

const event = (change: Partial<ProgressEvent>): ProgressEvent => ({
  type: 'progress',
  stage: 'denoise',
  fraction: 0,
  step: 0,
  steps: 4,
  decodedLatentFrames: 0,
  download: null,
  secondsElapsed: 0,
  secondsLeft: null,
  gpuBytes: 0,
  ...change,
});

it('prints a line for each stage, each step and each twentieth, and no more', () => {
  const lines: string[] = [];
  const progress = createLines((line) => lines.push(line));
  progress.update(event({ stage: 'load' }));
  progress.update(event({ fraction: 0.01 }));
  progress.update(event({ fraction: 0.02 }));
  progress.update(event({ fraction: 0.03, step: 1, secondsLeft: 61.2 }));
  progress.update(event({ fraction: 0.06, step: 1, secondsLeft: 59 }));
  expect(lines).toEqual([
    '  0% loading the model',
    '  1% denoising, step 0 of 4',
    '  3% denoising, step 1 of 4, 1 min 2 s left',
    '  6% denoising, step 1 of 4, 59 s left',
  ]);
});

it('rounds time up to whole seconds', () => {
  expect(formatSeconds(0)).toBe('0 s');
  expect(formatSeconds(59.1)).toBe('1 min 0 s');
  expect(formatSeconds(125)).toBe('2 min 5 s');
});
