import * as Comlink from 'comlink';
import { type ErrorCode, ShotweaveError } from '../lib/errors.ts';
import type { RenderWorkerApi } from './protocol.ts';

/** How the worker sends an error across: Comlink alone would drop the code. */
export interface WireError {
  code: ErrorCode;
  sentence: string;
}

/** What the worker answers: a value, or an error that keeps its code. */
export type WireResult<T> = { ok: true; value: T } | { ok: false; error: WireError };

/** The worker's side of RenderWorkerApi, with answers as WireResult. */
export type WireApi = {
  [K in keyof RenderWorkerApi]: (
    ...args: Parameters<RenderWorkerApi[K]>
  ) => Promise<WireResult<Awaited<ReturnType<RenderWorkerApi[K]>>>>;
};

/** Starts the render worker and returns its API; every rejection is a ShotweaveError. */
export function createRenderClient(): RenderWorkerApi {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'render' });
  const crashed = new Promise<never>((_, reject) => {
    worker.addEventListener('error', (event) => {
      reject(
        new ShotweaveError(
          'unexpected',
          `The engine stopped (${event.message}); reload the page and generate again.`,
        ),
      );
    });
  });
  // The rejection reaches whoever waits for a call; without a call in flight it needs no handler of its own.
  crashed.catch(() => undefined);
  const remote = Comlink.wrap<WireApi>(worker);

  async function call<T>(answer: Promise<WireResult<T>>): Promise<T> {
    const result = await Promise.race([answer, crashed]);
    if (result.ok) return result.value;
    throw new ShotweaveError(result.error.code, result.error.sentence);
  }

  return {
    connect: () => call(remote.connect()),
    estimate: (storyboard, base) => call(remote.estimate(storyboard, base)),
    render: (storyboard, options, onEvent) =>
      call(remote.render(storyboard, options, Comlink.proxy(onEvent))),
    exportFilm: (job, onEvent) => call(remote.exportFilm(job, Comlink.proxy(onEvent))),
    cancel: () => call(remote.cancel()),
    stop: () => call(remote.stop()),
    pause: () => call(remote.pause()),
    resume: () => call(remote.resume()),
    takeModelFiles: (files, choices) => call(remote.takeModelFiles(files, choices)),
    loseDevice: () => call(remote.loseDevice()),
  };
}
