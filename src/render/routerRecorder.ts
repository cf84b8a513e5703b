import type { FilmListener } from '../engine/filmEvents.ts';
import type { StepChoices } from '../engine/router/capture.ts';
import {
  dropUnfinishedRecord,
  loadUnfinishedRecord,
  type RouterRecord,
  type RouterStep,
  saveRouterRecord,
  saveUnfinishedRecord,
} from '../library/routerRecords.ts';
import type { FilmGeometry } from '../plan/types.ts';

/** Steps of a film whose choices are kept, at most. */
const mostSteps = 4;

/** The steps whose choices are kept, spread from the first to the last. */
export function recordedSteps(steps: number): number[] {
  const spread = Array.from({ length: mostSteps }, (_, i) => 1 + ((steps - 1) * i) / (mostSteps - 1));
  return [...new Set(spread.map(Math.round))];
}

export interface RecorderParts {
  /** Of the film in the making. */
  fingerprint: string;
  geometry: FilmGeometry;
  /** Denoising steps of the film, and those that an interrupted making has behind it. */
  steps: number;
  stepsDone: number;
  /** Groups that the model's router chooses from. */
  groups: number;
}

/** Keeps where the router sends tokens in a few steps of a film. A full disk costs the record, never the film. */
export class RouterRecorder {
  readonly #fingerprint: string;
  readonly #wanted: readonly number[];
  #record: RouterRecord;

  private constructor(fingerprint: string, record: RouterRecord) {
    this.#fingerprint = fingerprint;
    this.#wanted = recordedSteps(record.ofSteps);
    this.#record = record;
  }

  /** Goes on with what an interrupted making of the same film has kept. */
  static async start({
    fingerprint,
    geometry,
    steps,
    stepsDone,
    groups,
  }: RecorderParts): Promise<RouterRecorder> {
    const grid = { frames: geometry.latent.frames, ...geometry.grid };
    const fresh: RouterRecord = { ofSteps: steps, layers: 0, groups, grid, steps: [] };
    const earlier = stepsDone > 0 ? await loadUnfinishedRecord(fingerprint).catch(() => null) : null;
    const fits = earlier && JSON.stringify(shapeOf(earlier)) === JSON.stringify(shapeOf(fresh));
    if (!fits) return new RouterRecorder(fingerprint, fresh);
    const done = earlier.steps.filter(({ step }) => step <= stepsDone);
    return new RouterRecorder(fingerprint, { ...earlier, steps: done });
  }

  /** A listener that takes the choices out of the engine's steps and passes every event on. */
  listen(next: FilmListener): FilmListener {
    return async (event) => {
      if (event.type === 'step' && event.choices && this.#wanted.includes(event.step)) {
        await this.#add(event.step, await event.choices());
      }
      await next(event);
    };
  }

  /** Keeps the record beside the finished film. */
  async keep(fileName: string): Promise<void> {
    if (this.#record.steps.length > 0) await saveRouterRecord(fileName, this.#record).catch(() => undefined);
  }

  /** Forgets a making that is finished or given up. */
  async forget(): Promise<void> {
    await dropUnfinishedRecord(this.#fingerprint).catch(() => undefined);
  }

  async #add(step: number, choices: StepChoices): Promise<void> {
    const steps = [...this.#record.steps, toStep(step, choices)];
    this.#record = { ...this.#record, layers: choices.layers, steps };
    await saveUnfinishedRecord(this.#fingerprint, this.#record).catch(() => undefined);
  }
}

function shapeOf({ ofSteps, groups, grid: { frames, rows, columns } }: RouterRecord): number[] {
  return [ofSteps, groups, frames, rows, columns];
}

function toStep(step: number, { groups, certainties }: StepChoices): RouterStep {
  return { step, groups, quarters: certainties.map((certainty) => certainty >> 6) };
}
