import { createStore, type StoreApi } from 'zustand/vanilla';
import { mergePictures, type StillsState, type StillsStore, toPicture } from '../film/player/stills.ts';
import { ShotweaveError } from '../lib/errors.ts';
import type { FilmGeometry } from '../plan/types.ts';
import type { FilmResult, RenderEvent, RenderOptions, RenderWorkerApi } from '../render/protocol.ts';
import { type Storyboard, titleOf } from '../storyboard/document.ts';
import { draftOf } from '../storyboard/draft.ts';
import type { StoryboardStore } from '../storyboard/store.ts';
import {
  costsOf,
  type Film,
  type GenerationState,
  heldShots,
  isEnding,
  type Job,
  nothingYet,
} from './generationState.ts';
import { toShotweaveError } from './notices.ts';

export type { AdapterState, Film, GenerationState, Job } from './generationState.ts';

/** Where storyboards and their films are kept. */
export interface FilmShelf {
  saveDocument(documentId: string, storyboard: Storyboard): Promise<void>;
  readFilm(fileName: string): Promise<File | null>;
  /** @param rerolled the shot that alone was made anew */
  saveFilmRecord(documentId: string, film: FilmResult, rerolled: string | null): Promise<void>;
  /** Deletes films that a new one makes one too many. Never rejects. */
  makeRoom(documentId: string): Promise<void>;
}

export interface GenerationParts {
  client: RenderWorkerApi;
  storyboard: StoryboardStore;
  stills: StillsStore;
  shelf: FilmShelf;
  geometryOf(document: Storyboard): FilmGeometry;
  /** Whether the person asks for drafts. */
  isDraft(): boolean;
}

export interface Generation {
  state: StoreApi<GenerationState>;
  /** Finds the adapter; without one the state says why, and nothing is thrown. */
  connect(): Promise<void>;
  /**
   * Makes the film of the storyboard as it stands; a making that was interrupted goes on where it was. Rejects with
   * `cancelled` after cancel() and after stop().
   */
  generate(options?: RenderOptions): Promise<FilmResult>;
  /** Makes what failed once more, or the film if the storyboard has been edited since. */
  retry(): Promise<FilmResult>;
  /** Ends the film in the making and forgets it. */
  cancel(): Promise<void>;
  /** Ends the film in the making; its stills stay on the stage, and generate() goes on from its last step. */
  stop(): Promise<void>;
  /** Lets the GPU rest until resume(). */
  pause(): Promise<void>;
  resume(): Promise<void>;
  estimate(document: Storyboard): Promise<void>;
  /** Puts a film that the library kept on the stage. */
  show(film: Film): void;
  /** Takes a film that is to be deleted off the stage, if it is the one there. */
  drop(fileName: string): void;
  dismissFailure(): void;
  subscribe(listener: (event: RenderEvent) => void): () => void;
}

const noStills: StillsState = { documentId: null, geometry: null, pictures: [] };

/** Drives the engine: one film at a time, and what the page shows of it. */
export function createGeneration({
  client,
  storyboard,
  stills,
  shelf,
  geometryOf,
  isDraft,
}: GenerationParts): Generation {
  const state = createStore<GenerationState>()(() => nothingYet);
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
    } else if (stills.getState().documentId === state.getState().job?.documentId) {
      const added = event.stills.map(toPicture);
      stills.setState(({ pictures }) => ({ pictures: mergePictures(pictures, added) }));
    }
    for (const listener of listeners) listener(event);
  }

  async function keep(
    result: FilmResult,
    documentId: string,
    geometry: FilmGeometry,
    rerolled: string | null,
  ): Promise<void> {
    const file = await shelf.readFilm(result.fileName);
    if (!file) {
      throw new ShotweaveError(
        'storage-unavailable',
        'The film was made but the browser did not keep it: free some disk space and generate it again.',
      );
    }
    await shelf.saveFilmRecord(documentId, result, rerolled);
    const { keptFrames: _, ...record } = result;
    stage({ documentId, record, geometry, file, url: URL.createObjectURL(file) });
    await shelf.makeRoom(documentId);
  }

  function stage(film: Film): void {
    const { film: previous } = state.getState();
    if (previous) URL.revokeObjectURL(previous.url);
    state.setState({ film, halfway: null });
  }

  function show(film: Film): void {
    // The pictures at hand are of another film: they stand in until there are its own.
    stills.setState(({ documentId, geometry, pictures }) =>
      documentId === film.documentId && geometry?.frames === film.geometry.frames
        ? { pictures: pictures.map((picture) => ({ ...picture, final: false })) }
        : noStills,
    );
    stage(film);
  }

  async function run(options: RenderOptions): Promise<FilmResult> {
    const { document, documentId } = storyboard.getState();
    const geometry = geometryOf(document);
    state.setState({
      job: {
        documentId,
        title: titleOf(document),
        geometry,
        steps: (options.draft ? draftOf(document) : document).steps,
        progress: null,
        phase: 'running',
        held: heldShots(document, options.only),
      },
      // What was known of an interrupted making is about to change.
      estimated: null,
      halfway: null,
      failure: null,
    });
    const before = stills.getState();
    try {
      // A first visit's storyboard has not been edited, hence not been saved; its film must find it again. Edits that
      // are made while the GPU is looked for are saved after it.
      await shelf.saveDocument(documentId, document);
      if (state.getState().adapter.status !== 'ready') await connect();
      // Cancelled before the engine heard of the film.
      if (isEnding(state.getState().job)) throw new ShotweaveError('cancelled', 'The film was cancelled.');
      stills.setState({ documentId, geometry, pictures: [] });
      const base = baseOf(documentId);
      const rendered = client.render(document, base === undefined ? options : { ...options, base }, onEvent);
      // Paused before there was anything to pause.
      if (state.getState().job?.phase === 'paused') client.pause().catch(() => undefined);
      const result = await rendered;
      await keep(result, documentId, geometry, options.only ?? null);
      // The first film on an adapter also picked its kernels.
      state.setState({ job: null, adapter: { status: 'ready', report: result.adapter } });
      return result;
    } catch (cause) {
      const error = toShotweaveError(cause);
      const halfway = await afterStop(documentId);
      if (halfway === null) restorePictures(before, state.getState().film);
      const failure = error.code === 'cancelled' ? null : { documentId, document, options, error };
      state.setState({ job: null, halfway, failure });
      if (error.code === 'device-lost') connect().catch(() => undefined);
      throw error;
    }
  }

  /** The document whose stopped film has pictures that stay on the stage; null where there is none. */
  async function afterStop(documentId: string): Promise<string | null> {
    if (state.getState().job?.phase !== 'stopping') return null;
    // The page learns how far it came before it offers to go on.
    await estimate(storyboard.getState().document);
    const { documentId: ofPictures, pictures } = stills.getState();
    return ofPictures === documentId && pictures.some(({ final }) => !final) ? documentId : null;
  }

  async function estimate(document: Storyboard): Promise<void> {
    if (state.getState().adapter.status !== 'ready') return;
    try {
      const draft = isDraft();
      const base = baseOf(storyboard.getState().documentId);
      const [film, sketch] = [document, draftOf(document)];
      const made = await client.estimate(draft ? sketch : film, base);
      if (storyboard.getState().document !== document || isDraft() !== draft) return;
      state.setState({ estimate: made, estimated: document });
      const other = await client.estimate(draft ? film : sketch, base);
      if (storyboard.getState().document !== document || isDraft() !== draft) return;
      state.setState({ costs: costsOf(draft ? other : made, draft ? made : other) });
    } catch {
      // An estimate is a courtesy: what stops the film is said when the film is asked for.
      state.setState({ estimate: null, estimated: null, costs: null });
    }
  }

  async function generate(options: RenderOptions): Promise<FilmResult> {
    if (state.getState().job) {
      throw new ShotweaveError('unexpected', 'A film is being made already: cancel it first.');
    }
    return run(options);
  }

  async function end(phase: 'stopping' | 'cancelling'): Promise<void> {
    if (!state.getState().job) return;
    patchJob({ phase });
    await (phase === 'stopping' ? client.stop() : client.cancel());
  }

  /** The film that locked shots are kept from: the one on the stage, if it is of the same storyboard. */
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
    generate: (options = {}) => generate(options),
    retry() {
      const { failure } = state.getState();
      const again = failure?.document === storyboard.getState().document ? failure.options : null;
      return generate(again ?? { ...(isDraft() && { draft: true }) });
    },
    cancel: () => end('cancelling'),
    async stop() {
      if (!isEnding(state.getState().job)) await end('stopping');
    },
    async pause() {
      if (state.getState().job?.phase !== 'running') return;
      patchJob({ phase: 'paused' });
      await client.pause();
    },
    async resume() {
      if (state.getState().job?.phase !== 'paused') return;
      patchJob({ phase: 'running' });
      await client.resume();
    },
    estimate,
    show,
    drop(fileName) {
      const { film, job, halfway } = state.getState();
      if (film?.record.fileName !== fileName) return;
      URL.revokeObjectURL(film.url);
      state.setState({ film: null });
      // A film that is being made, or was stopped, has pictures of its own there.
      const { documentId } = stills.getState();
      if (!job && halfway !== documentId && documentId === film.documentId) stills.setState(noStills);
    },
    dismissFailure: () => state.setState({ failure: null }),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
