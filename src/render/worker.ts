import * as Comlink from 'comlink';
import { ShotweaveError } from '../lib/errors.ts';
import type { WireApi, WireError, WireResult } from './client.ts';
import type { RenderEvent } from './protocol.ts';
import { RenderSession } from './session.ts';

const session = new RenderSession(new URL(import.meta.env.BASE_URL, self.location.origin));

/** Entry of the render worker: the session's methods, with errors that keep their code. */
const api: WireApi = {
  connect: () => answer(() => session.connect()),
  estimate: (storyboard, base) => answer(() => session.estimate(storyboard, base)),
  render: (storyboard, options, onEvent) =>
    answer(() => session.render(storyboard, options, (event) => onEvent(transferred(event)))),
  exportFilm: (job, onEvent) => answer(() => session.exportFilm(job, onEvent)),
  cancel: () => answer(() => session.cancel()),
  stop: () => answer(() => session.stop()),
  pause: () => answer(() => session.pause()),
  resume: () => answer(() => session.resume()),
  takeModelFiles: (files, choices) => answer(() => session.takeModelFiles(files, choices)),
  loseDevice: () => answer(() => session.loseDevice()),
};

Comlink.expose(api);

async function answer<T>(work: () => Promise<T>): Promise<WireResult<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: toWire(error) };
  }
}

function toWire(error: unknown): WireError {
  if (error instanceof ShotweaveError) return { code: error.code, sentence: error.message };
  if (error instanceof DOMException && error.name === 'AbortError') {
    return { code: 'cancelled', sentence: 'Cancelled.' };
  }
  console.error(error);
  const what = error instanceof Error ? error.message.split('\n')[0] : String(error);
  return {
    code: 'unexpected',
    sentence: `Something went wrong in the engine (${what}): your storyboard is safe, reload the page and try again.`,
  };
}

/** Pictures go to the page without being copied. */
function transferred(event: RenderEvent): RenderEvent {
  if (event.type !== 'preview') return event;
  return Comlink.transfer(
    event,
    event.stills.map(({ rgba }) => rgba.buffer),
  );
}
