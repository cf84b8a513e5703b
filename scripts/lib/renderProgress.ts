import { SingleBar } from 'cli-progress';
import type { ProgressEvent, Stage } from '../../src/render/protocol.ts';

const stageNames: Record<Stage, string> = {
  load: 'loading the model',
  text: 'reading the prompts',
  denoise: 'denoising',
  decode: 'decoding',
  finish: 'finishing the film',
};

/** Shows how far a film is. */
export interface RenderProgress {
  update(event: ProgressEvent): void;
  stop(): void;
}

/** A bar on a terminal, plain lines otherwise; both on stderr, for stdout may be somebody's data. */
export function createRenderProgress(): RenderProgress {
  return process.stderr.isTTY ? createBar() : createLines((line) => process.stderr.write(`${line}\n`));
}

function createBar(): RenderProgress {
  const bar = new SingleBar({
    format: '{bar} {percentage}% {what}',
    hideCursor: true,
    clearOnComplete: true,
  });
  bar.start(100, 0, { what: 'starting' });
  return {
    update: (event) => bar.update(100 * event.fraction, { what: describeProgress(event) }),
    stop: () => bar.stop(),
  };
}

/** Lines for a log: one for each stage, each step and, where neither changes, each twentieth of the film. */
export function createLines(print: (line: string) => void): RenderProgress {
  let last: string | undefined;
  return {
    update(event) {
      const place = `${event.stage} ${event.step} ${Math.floor(event.fraction * 20)}`;
      if (place === last) return;
      last = place;
      print(`${String(Math.floor(100 * event.fraction)).padStart(3)}% ${describeProgress(event)}`);
    },
    stop: () => undefined,
  };
}

function describeProgress({ stage, step, steps, secondsLeft }: ProgressEvent): string {
  const parts = [stageNames[stage]];
  if (stage === 'denoise') parts.push(`step ${step} of ${steps}`);
  if (secondsLeft !== null) parts.push(`${formatSeconds(secondsLeft)} left`);
  return parts.join(', ');
}

/** Whole seconds, with minutes from one minute on. */
export function formatSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
