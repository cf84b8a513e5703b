import { duration } from '../film/player/timecode.ts';
import type { ProgressEvent, Stage } from '../render/protocol.ts';
import type { Job } from './generation.ts';
import { isEnding } from './generationState.ts';

const stageWords: Record<Stage, string> = {
  load: 'Loading the model',
  text: 'Reading the prompts',
  denoise: 'Denoising all shots',
  decode: 'Developing the frames',
  finish: 'Writing the film',
};

/** What the engine is doing, in words. */
export function stageOf({ progress, phase }: Job): string {
  if (phase === 'cancelling') return 'Cancelling';
  if (phase === 'stopping') return 'Stopping';
  if (phase === 'paused') return 'Paused';
  return progress ? stageWords[progress.stage] : 'Getting ready';
}

/** How far it is and how long it may take: "step 9/16 · 11 s left". */
export function detailOf(job: Job): string {
  const { progress, geometry } = job;
  if (!progress || isEnding(job)) return '';
  return [position(progress, geometry.latent.frames), timeLeft(progress)].filter(Boolean).join(' · ');
}

/** Share of the film that is made, in whole percent. */
export function percentOf({ progress }: Job): number {
  return Math.round((progress?.fraction ?? 0) * 100);
}

/** Title of the tab: "42% · The red sailboat" while that film is being made. */
export function tabTitle(job: Job | null, title: string): string {
  return job ? `${percentOf(job)}% · ${job.title}` : `${title} · Shotweave`;
}

function position(progress: ProgressEvent, latentFrames: number): string {
  if (progress.stage === 'denoise')
    return `step ${Math.min(progress.step + 1, progress.steps)}/${progress.steps}`;
  if (progress.stage === 'decode') return `${progress.decodedLatentFrames}/${latentFrames} latent frames`;
  if (progress.download) {
    const { bytes, of } = progress.download;
    return `${megabytes(bytes)} of ${megabytes(of)} MB`;
  }
  return '';
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

function timeLeft({ secondsLeft }: ProgressEvent): string {
  return secondsLeft === null ? '' : `${duration(secondsLeft)} left`;
}

/** Where an interrupted film goes on, as the end of a sentence: "at step 7 of 16". */
export function whereItGoesOn(stepsDone: number, steps: number): string {
  return stepsDone < steps ? `at step ${stepsDone + 1} of ${steps}` : 'developing';
}
