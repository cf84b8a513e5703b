import { ShotweaveError } from '../lib/errors.ts';
import { readFilm } from '../library/films.ts';
import type { FilmResult, RenderEvent, RenderOptions } from '../render/protocol.ts';
import { parseStoryboard } from '../storyboard/document.ts';
import { openDocument } from './openFile.ts';
import type { Studio } from './studio.ts';

/** What scripts drive the page by; the same paths as its buttons. */
export interface Automation {
  /** Opens the text of a .shotweave.json file. Rejects with `storyboard-invalid`. */
  openStoryboard(json: string): Promise<void>;
  /** Makes the film. Rejects with the error that the page shows. */
  generate(options?: RenderOptions): Promise<FilmResult>;
  cancel(): Promise<void>;
  /** A finished film by FilmResult.fileName. */
  readFilm(fileName: string): Promise<Blob>;
  /** Takes the GPU device away, as a driver does. */
  loseDevice(): Promise<void>;
  /** Calls the listener on every event of every film until the returned function is called. */
  subscribe(listener: (event: RenderEvent) => void): () => void;
}

declare global {
  interface Window {
    shotweave?: Automation;
  }
}

export function exposeAutomation({ generation, client }: Studio): void {
  window.shotweave = {
    openStoryboard: async (json) => openDocument(parseStoryboard(json)),
    generate: generation.generate,
    cancel: generation.cancel,
    async readFilm(fileName) {
      const film = await readFilm(fileName);
      if (film) return film;
      throw new ShotweaveError('storage-unavailable', `There is no film “${fileName}”: generate it first.`);
    },
    loseDevice: () => client.loseDevice(),
    subscribe: generation.subscribe,
  };
}
