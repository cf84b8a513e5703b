import { createStore, type StoreApi } from 'zustand/vanilla';
import { mergePictures, type StillsState, type StillsStore, toPicture } from '../film/player/stills.ts';
import { ShotweaveError } from '../lib/errors.ts';
import type { FilmRecord } from '../library/database.ts';
import type { FilmGeometry } from '../plan/types.ts';
import type {
  AdapterReport,
  Estimate,
  FilmResult,
  ProgressEvent,
  RenderEvent,
  RenderOptions,
  RenderWorkerApi,
} from '../render/protocol.ts';
import { type Storyboard, titleOf } from '../storyboard/document.ts';
import type { StoryboardStore } from '../storyboard/store.ts';
import { toShotweaveError } from './notices.ts';

export type AdapterState =
  | { status: 'connecting' }
  | { status: 'ready'; report: AdapterReport }
  | { status: 'absent'; sentence: string };

/** A film in the making. */
export interface Job {
  documentId: string;
  /** Of the storyboard that it is made from. */
  title: string;
  geometry: FilmGeometry;
  steps: number;
  progress: ProgressEvent | null;
  cancelling: boolean;
}

/** A finished film. */
export interface Film {
  documentId: string;
  record: FilmRecord;
  geometry: FilmGeometry;
  file: File;
  /** Object URL of the file. */
  url: string;
}

export interface GenerationState {
  adapter: AdapterState;
  estimate: Estimate | null;
  job: Job | null;
  film: Film | null;
  /** Why the last film did not come about; a film that the person stopped is no failure. */
  failure: ShotweaveError | null;
}

/** Where storyboards and their films are kept. */
export interface FilmShelf {
  saveDocument(documentId: string, storyboard: Storyboard): Promise<void>;
  readFilm(fileName: string): Promise<File | null>;
  deleteFilm(fileName: string): Promise<void>;
  saveFilmRecord(documentId: string, film: FilmResult): Promise<void>;
}

export interface GenerationParts {
  client: RenderWorkerApi;
  storyboard: StoryboardStore;
  stills: StillsStore;
  shelf: FilmShelf;
  geometryOf(document: Storyboard): FilmGeometry;
}

export interface Generation {
  state: StoreApi<GenerationState>;
  /** Finds the adapter; without one the state says why, and nothing is thrown. */
  connect(): Promise<void>;
  /** Makes the film of the storyboard as it stands. Rejects with `cancelled` after cancel(). */
  generate(options?: RenderOptions): Promise<FilmResult>;
  cancel(): Promise<void>;
  estimate(document: Storyboard): Promise<void>;
  /** Puts a film that the library kept on the stage. */
  show(film: Film): void;
  /** Takes a film that is to be deleted off the stage, if it is the one there. */
  drop(fileName: string): void;
  dismissFailure(): void;
  subscribe(listener: (event: RenderEvent) => void): () => void;
}

/** Drives the engine: one film at a time, and what the page shows of it. */
export function createGeneration({
  client,
  storyboard,
  stills,
  shelf,
  geometryOf,
}: GenerationParts): Generation {
  const state = createStore<GenerationState>()(() => ({
    adapter: { status: 'connecting' },
    estimate: null,
    job: null,
    film: null,
    failure: null,
  }));
  const listeners = new Set<(event: RenderEvent) => void>();
  let connection: Promise<void> | null = null;

  function connect(): Promise<void> {
    connection ??= findAdapter().finally(() => {
      connection = null;
    });
    return connection;
  }

  async function findAdapter(): Promise<void> {
    state.setState({ adapter: { status: 'connecting' } });
    try {
      state.setState({ adapter: { status: 'ready', report: await client.connect() } });
    } catch (cause) {
      const error = toShotweaveError(cause);
      state.setState({ adapter: { status: 'absent', sentence: error.message } });
      throw error;
    }
  }

  function patchJob(change: Partial<Job>): void {
    state.setState(({ job }) => ({ job: job && { ...job, ...change } }));
  }

  function onEvent(event: RenderEvent): void {
    if (event.type === 'progress') {
      patchJob({ progress: event });
    } else {
      const added = event.stills.map(toPicture);
      stills.setState(({ pictures }) => ({ pictures: mergePictures(pictures, added) }));
    }
    for (const listener of listeners) listener(event);
  }

  async function keep(result: FilmResult, documentId: string, geometry: FilmGeometry): Promise<void> {
    const file = await shelf.readFilm(result.fileName);
    if (!file) {
      throw new ShotweaveError(
        'storage-unavailable',
        'The film was made but the browser did not keep it: free some disk space and generate it again.',
      );
    }
    const { film: previous } = state.getState();
    await shelf.saveFilmRecord(documentId, result);
    const { keptFrames: _, ...record } = result;
    show({ documentId, record, geometry, file, url: URL.createObjectURL(file) });
    if (previous?.documentId === documentId && previous.record.fileName !== result.fileName) {
      await shelf.deleteFilm(previous.record.fileName);
    }
  }

  function show(film: Film): void {
    const { film: previous } = state.getState();
    if (previous) URL.revokeObjectURL(previous.url);
    state.setState({ film });
  }

  async function run(options: RenderOptions): Promise<FilmResult> {
    const { document, documentId } = storyboard.getState();
    const geometry = geometryOf(document);
    state.setState({
      job: {
        documentId,
        title: titleOf(document),
        geometry,
        steps: document.steps,
        progress: null,
        cancelling: false,
      },
      failure: null,
    });
    const before = stills.getState();
    try {
      if (state.getState().adapter.status !== 'ready') await connect();
      // A first visit's storyboard has not been edited, hence not been saved; its film must find it again.
      await shelf.saveDocument(documentId, document);
      // Cancelled before the engine heard of the film.
      if (state.getState().job?.cancelling) throw new ShotweaveError('cancelled', 'The film was cancelled.');
      stills.setState({ documentId, geometry, pictures: [] });
      const base = baseOf(documentId);
      const result = await client.render(
        document,
        base === undefined ? options : { ...options, base },
        onEvent,
      );
      await keep(result, documentId, geometry);
      state.setState({ job: null });
      return result;
    } catch (cause) {
      const error = toShotweaveError(cause);
      restorePictures(before, state.getState().film);
      state.setState({ job: null, failure: error.code === 'cancelled' ? null : error });
      if (error.code === 'device-lost') connect().catch(() => undefined);
      throw error;
    }
  }

  /** The film that locked shots are kept from: the last one of the same storyboard. */
  function baseOf(documentId: string): string | undefined {
    const { film } = state.getState();
    return film?.documentId === documentId ? film.record.fileName : undefined;
  }

  /** An unfinished film leaves its pictures on the stage only where no finished one waits behind it. */
  function restorePictures(before: StillsState, film: Film | null): void {
    const { documentId, pictures } = stills.getState();
    if (pictures.length === 0 || film?.documentId === documentId) stills.setState(before, true);
  }

  return {
    state,
    connect: () => connect().catch(() => undefined),
    async generate(options = {}) {
      if (state.getState().job) {
        throw new ShotweaveError('unexpected', 'A film is being made already: cancel it first.');
      }
      return run(options);
    },
    async cancel() {
      if (!state.getState().job) return;
      patchJob({ cancelling: true });
      await client.cancel();
    },
    async estimate(document) {
      if (state.getState().adapter.status !== 'ready') return;
      try {
        const estimate = await client.estimate(document, baseOf(storyboard.getState().documentId));
        if (storyboard.getState().document === document) state.setState({ estimate });
      } catch {
        // An estimate is a courtesy: what stops the film is said when the film is asked for.
        state.setState({ estimate: null });
      }
    },
    show,
    drop(fileName) {
      const { film } = state.getState();
      if (film?.record.fileName !== fileName) return;
      URL.revokeObjectURL(film.url);
      state.setState({ film: null });
    },
    dismissFailure: () => state.setState({ failure: null }),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
