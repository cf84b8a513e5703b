import * as Comlink from 'comlink';
import type { WireApi, WireResult } from './client.ts';
import type { RenderEvent } from './protocol.ts';
import { RenderSession } from './session.ts';
import { toWire } from './toWire.ts';

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

/** Pictures go to the page without being copied. */
function transferred(event: RenderEvent): RenderEvent {
  if (event.type !== 'preview') return event;
  return Comlink.transfer(
    event,
    event.stills.map(({ rgba }) => rgba.buffer),
  );
}
