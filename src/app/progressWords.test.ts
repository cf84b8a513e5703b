import { describe, expect, it } from 'vitest';
import type { FilmGeometry } from '../plan/types.ts';
import type { ProgressEvent } from '../render/protocol.ts';
import type { Job } from './generation.ts';
import type { JobPhase } from './generationState.ts';
import { detailOf, stageOf, tabTitle, whereItGoesOn } from './progressWords.ts';

const geometry: FilmGeometry = {
  width: 320,
  height: 192,
  fps: 24,
  frames: 69,
  seconds: 69 / 24,
  latent: { frames: 18, height: 12, width: 20, channels: 16 },
  grid: { rows: 6, columns: 10 },
  tokensPerFrame: 60,
  tokens: 1080,
  shots: [],
};

function job(change: Partial<ProgressEvent>, phase: JobPhase = 'running'): Job {
  const progress: ProgressEvent = {
    type: 'progress',
    stage: 'denoise',
    fraction: 0.5,
    step: 8,
    steps: 16,
    decodedLatentFrames: 0,
    download: null,
    secondsElapsed: 10,
    secondsLeft: 11,
    gpuBytes: 0,
    ...change,
  };
  const held: Job['held'] = new Set();
  return { documentId: 'd', title: 'The red sailboat', geometry, steps: 16, progress, phase, held };
}

describe('progress in words', () => {
  it('counts the step at work, not the steps done, and never past the last', () => {
    expect(detailOf(job({}))).toBe('step 9/16 · 11 s left');
    expect(detailOf(job({ step: 16, secondsLeft: null }))).toBe('step 16/16');
  });

  it('counts latent frames while frames are developed', () => {
    expect(detailOf(job({ stage: 'decode', decodedLatentFrames: 6 }))).toBe('6/18 latent frames · 11 s left');
  });

  it('says how much of the model has arrived', () => {
    const download = { bytes: 12_400_000, of: 31_700_000 };
    expect(detailOf(job({ stage: 'load', secondsLeft: null, download }))).toBe('12 of 32 MB');
  });

  it('says that it is stopping, and no longer how long it would take', () => {
    expect(stageOf(job({}, 'stopping'))).toBe('Stopping');
    expect(stageOf(job({}, 'cancelling'))).toBe('Cancelling');
    expect(detailOf(job({}, 'stopping'))).toBe('');
    expect(detailOf(job({}, 'cancelling'))).toBe('');
  });

  it('has words before the engine says anything', () => {
    const silent: Job = {
      documentId: 'd',
      title: 'The red sailboat',
      geometry,
      steps: 16,
      progress: null,
      phase: 'running',
      held: new Set(),
    };
    expect(stageOf(silent)).toBe('Getting ready');
    expect(detailOf(silent)).toBe('');
  });
});

it('stands still while the film is paused, and says so', () => {
  expect(stageOf(job({}, 'paused'))).toBe('Paused');
  expect(detailOf(job({}, 'paused'))).toBe('step 9/16 · 11 s left');
});

it('names the step that an interrupted film goes on at', () => {
  expect(whereItGoesOn(6, 16)).toBe('at step 7 of 16');
  expect(whereItGoesOn(16, 16)).toBe('developing');
});

describe('tabTitle', () => {
  it('says how far the film is that is being made, whatever storyboard is open', () => {
    expect(tabTitle(job({ fraction: 0.421 }), 'Another film')).toBe('42% · The red sailboat');
    expect(tabTitle(null, 'Another film')).toBe('Another film · Shotweave');
  });
});
