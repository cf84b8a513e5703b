import type { FilmFlops } from '../plan/flops.ts';
import type { ProgressEvent, Stage } from './protocol.ts';

/** Seconds between two reports, at least. */
const reportEvery = 0.1;

const stages: readonly Stage[] = ['load', 'text', 'denoise', 'decode', 'finish'];

/**
 * Turns the work of a film into progress: one fraction over all stages by their FLOPs, the time of every
 * stage, and the time left by the speed so far.
 */
export class ProgressMeter {
  readonly #flops: FilmFlops;
  readonly #steps: number;
  /** Share that an earlier making had done. */
  readonly #inherited: number;
  readonly #report: (event: ProgressEvent) => void;
  readonly #gpuBytes: () => number;
  #started = performance.now();
  /** Since when the clock stands; null while it runs. */
  #stopped: number | null = null;
  readonly #seconds: Record<Stage, number> = { load: 0, text: 0, denoise: 0, decode: 0, finish: 0 };
  #stage: Stage = 'load';
  #stageStarted = this.#started;
  #workStarted = this.#started;
  #lastReport = Number.NEGATIVE_INFINITY;
  #done: Record<'text' | 'denoise' | 'decode', number> = { text: 0, denoise: 0, decode: 0 };
  #step: number;
  #decodedLatentFrames = 0;
  #download: ProgressEvent['download'] = null;

  /**
   * @param stepsDone Denoising steps that an interrupted making of the same film has done already.
   * @param shareDone How much of all denoising they were, 0 to 1.
   */
  constructor(
    flops: FilmFlops,
    steps: number,
    stepsDone: number,
    shareDone: number,
    gpuBytes: () => number,
    report: (event: ProgressEvent) => void,
  ) {
    this.#gpuBytes = gpuBytes;
    this.#flops = flops;
    this.#steps = steps;
    this.#step = stepsDone;
    this.#done.denoise = shareDone;
    this.#inherited = (flops.denoise * this.#done.denoise) / flops.total;
    this.#report = report;
    this.#send();
  }

  /** Begins a stage, ending the one before. */
  enter(stage: Stage): void {
    if (stage === this.#stage) return;
    const now = this.#now();
    this.#seconds[this.#stage] += (now - this.#stageStarted) / 1000;
    if (this.#stage === 'load') this.#workStarted = now;
    this.#stage = stage;
    this.#stageStarted = now;
    this.#send();
  }

  /** Reports the share of a stage that is done, 0 to 1. */
  work(stage: 'text' | 'denoise' | 'decode', share: number): void {
    this.#done[stage] = share;
    this.#sendAtTimes();
  }

  /** Reports how much of the model has arrived. */
  arrived(download: { bytes: number; of: number }): void {
    this.#download = download;
    this.#sendAtTimes();
  }

  step(step: number): void {
    this.#step = step;
    this.#send();
  }

  decoded(latentFrames: number): void {
    this.#decodedLatentFrames = latentFrames;
    this.#send();
  }

  /** Stops the clock: what goes by until resume() is no time of the film. */
  pause(): void {
    this.#stopped ??= performance.now();
  }

  resume(): void {
    if (this.#stopped === null) return;
    const stood = performance.now() - this.#stopped;
    this.#stopped = null;
    this.#started += stood;
    this.#stageStarted += stood;
    this.#workStarted += stood;
  }

  /** Seconds that every stage took; the current one so far. */
  secondsByStage(): Record<Stage, number> {
    const running = (this.#now() - this.#stageStarted) / 1000;
    return { ...this.#seconds, [this.#stage]: this.#seconds[this.#stage] + running };
  }

  #now(): number {
    return this.#stopped ?? performance.now();
  }

  #sendAtTimes(): void {
    if ((performance.now() - this.#lastReport) / 1000 >= reportEvery) this.#send();
  }

  #send(): void {
    const now = this.#now();
    this.#lastReport = performance.now();
    const { text, denoise, decode, total } = this.#flops;
    const done = text * this.#done.text + denoise * this.#done.denoise + decode * this.#done.decode;
    const fraction = this.#stage === 'finish' ? 1 : Math.min(1, done / total);
    const working = (now - this.#workStarted) / 1000;
    const here = fraction - this.#inherited;
    const known = stages.indexOf(this.#stage) >= stages.indexOf('denoise') && here > 0.005;
    this.#report({
      type: 'progress',
      stage: this.#stage,
      fraction,
      step: this.#step,
      steps: this.#steps,
      decodedLatentFrames: this.#decodedLatentFrames,
      download: this.#stage === 'load' ? this.#download : null,
      secondsElapsed: (now - this.#started) / 1000,
      secondsLeft: known ? (working * (1 - fraction)) / here : null,
      gpuBytes: this.#gpuBytes(),
    });
  }
}
