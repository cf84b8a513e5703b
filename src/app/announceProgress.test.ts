import { beforeEach, describe, expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { ShotweaveError } from '../lib/errors.ts';
import type { ProgressEvent } from '../render/protocol.ts';
import { announceProgress } from './announceProgress.ts';
import type { Film, GenerationState, Job } from './generation.ts';
import { type JobPhase, nothingYet } from './generationState.ts';
import { failureOf } from './testing.ts';

const newFilm = () => ({ documentId: 'd' }) as Film;
const newGeneration = () => createStore<GenerationState>()(() => nothingYet);

let generation: ReturnType<typeof newGeneration>;
let said: string[];

beforeEach(() => {
  generation = newGeneration();
  said = [];
  announceProgress({ state: generation }, (words) => {
    if (words !== said.at(-1)) said.push(words);
  });
});

function work(phase: JobPhase = 'running', fraction: number | null = null): void {
  const progress = fraction === null ? null : ({ stage: 'denoise', fraction } as ProgressEvent);
  generation.setState({ job: { documentId: 'd', progress, phase } as Job });
}

describe('what a screen reader hears', () => {
  it('is each stage and each quarter, and that the film is done', () => {
    work();
    for (const fraction of [0.1, 0.2, 0.3, 0.4]) work('running', fraction);
    generation.setState({ film: newFilm() });
    generation.setState({ job: null });
    expect(said).toEqual([
      'Getting ready.',
      'Denoising all shots.',
      'Denoising all shots, 25 percent.',
      'The film is done.',
    ]);
  });

  it('is nothing of a film that the library kept', () => {
    generation.setState({ film: newFilm() });
    expect(said).toEqual([]);
  });

  it.each([
    ['cancelling', 'Cancelling.', 'Cancelled.'],
    ['stopping', 'Stopping.', 'Stopped.'],
  ] as const)('is not that the film is done while it was %s, whatever is on the stage', (phase, ...words) => {
    generation.setState({ film: newFilm() });
    work();
    work(phase);
    generation.setState({ job: null });
    expect(said).toEqual(['Getting ready.', ...words]);
    // The stage gets its film back, or another one.
    generation.setState({ film: newFilm() });
    expect(said).toHaveLength(3);
  });

  it('leaves a failure to the alert', () => {
    work();
    const error = new ShotweaveError('device-lost', 'The GPU went away.');
    generation.setState({ job: null, failure: failureOf('d', error) });
    expect(said).toEqual(['Getting ready.', '']);
  });
});
