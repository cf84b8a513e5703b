import { createStore, type StoreApi } from 'zustand/vanilla';
import { checkAddress, nameOfAddress, type RemoteFile } from '../../library/download/download.ts';
import type { Downloader } from '../../library/download/downloader.ts';
import type { PathFile } from '../../library/models.ts';
import type { Room } from '../../library/room.ts';
import type { StoredModel } from '../../library/storedModel.ts';
import type { ModelChoices, ModelFile, ModelReport } from '../../render/modelReport.ts';
import type { RenderWorkerApi } from '../../render/protocol.ts';
import { notifyError, toShotweaveError } from '../notices.ts';
import type { ChoicesStore } from './choices.ts';

/** Something that the person added: a folder, some files, or a download. */
export interface ModelEntry {
  id: string;
  name: string;
  source: 'disk' | 'page' | 'download';
  /**
   * ready: its files are in the report; locked: the browser wants the person's word again; gone: it cannot be read;
   * partial: a download that is not whole; busy: one that arrives now.
   */
  status: 'ready' | 'locked' | 'gone' | 'partial' | 'busy';
  /** What went wrong, as a sentence; null when nothing did. */
  problem: string | null;
  /** Of a download: bytes that are there, and how it goes on. */
  arrival: { done: number; bytes: number | null; phase: 'arriving' | 'checking' } | null;
}

export interface ModelsState {
  /** null before the library was read. */
  entries: readonly ModelEntry[] | null;
  report: ModelReport;
  choices: ModelChoices;
  /** The files are being looked at. */
  looking: boolean;
}

/** What a server says of a file that may be downloaded, beside the room that there is for it. */
export interface DownloadOffer {
  address: string;
  name: string;
  bytes: number | null;
  room: Room | null;
  /** A sentence when it cannot fit, else null. */
  refusal: string | null;
}

export interface ModelsParts {
  client: Pick<RenderWorkerApi, 'takeModelFiles'>;
  shelf: {
    listModels(): Promise<StoredModel[]>;
    saveModel(model: StoredModel): Promise<void>;
    removeModel(model: StoredModel): Promise<void>;
    filesOf(model: StoredModel): Promise<PathFile[]>;
    needsPermission(model: StoredModel): Promise<boolean>;
    askPermission(model: StoredModel): Promise<boolean>;
    downloadedBytes(id: string): Promise<number>;
  };
  downloader: Downloader;
  choices: ChoicesStore;
  estimateRoom(): Promise<Room | null>;
}

/** The person's own models. Methods tell of a failure in a notice or in the entry, and never reject, unless they say so. */
export interface Models {
  state: StoreApi<ModelsState>;
  /** Reads what the library remembers, once. */
  start(): Promise<void>;
  /** Adds a folder or files that the person picked, to be remembered. */
  addHandles(name: string, handles: FileSystemHandle[]): Promise<void>;
  /** Adds files of a plain file input, which last as long as the page. */
  addFiles(name: string, files: PathFile[]): Promise<void>;
  /** Lets the browser ask for the files of an entry again. */
  unlock(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  choose(choices: Partial<ModelChoices>): Promise<void>;
  /** Asks a server about a file. Rejects with a sentence. */
  look(address: string): Promise<DownloadOffer>;
  download(offer: DownloadOffer, sha256: string | null): Promise<void>;
  /** Goes on with a download that was stopped. */
  goOn(id: string): Promise<void>;
  stop(id: string): void;
}

export function createModels({ client, shelf, downloader, choices, estimateRoom }: ModelsParts): Models {
  const state = createStore<ModelsState>()(() => ({
    entries: null,
    report: { items: [], sets: [] },
    choices: choices.load(),
    looking: false,
  }));
  const stored = new Map<string, StoredModel>();
  const files = new Map<string, PathFile[]>();
  /** By id: downloads that are under way; each ends without a rejection. */
  const arriving = new Map<string, Promise<unknown>>();
  let starting: Promise<void> | null = null;
  let looks = 0;

  function setEntry(id: string, change: Partial<ModelEntry>): void {
    state.setState(({ entries }) => ({
      entries: (entries ?? []).map((entry) => (entry.id === id ? { ...entry, ...change } : entry)),
    }));
  }

  function addEntry(entry: ModelEntry): void {
    state.setState(({ entries }) => ({ entries: [...(entries ?? []), entry] }));
  }

  /** Shows the worker the files as they are now; of several calls at once the last counts. */
  async function report(): Promise<void> {
    looks += 1;
    const look = looks;
    state.setState({ looking: true });
    const all: ModelFile[] = [...files].flatMap(([entryId, own]) =>
      own.map((file) => ({ entryId, ...file })),
    );
    try {
      const found = await client.takeModelFiles(all, state.getState().choices);
      if (look === looks) state.setState({ report: found });
    } finally {
      if (look === looks) state.setState({ looking: false });
    }
  }

  /** Reads the files of an entry, as far as the browser lets us. */
  async function open(model: StoredModel): Promise<Partial<ModelEntry>> {
    files.delete(model.id);
    if (model.kind === 'download' && !model.complete) {
      const done = await shelf.downloadedBytes(model.id);
      return { status: 'partial', arrival: { done, bytes: model.bytes, phase: 'arriving' } };
    }
    if (await shelf.needsPermission(model)) return { status: 'locked' };
    try {
      files.set(model.id, await shelf.filesOf(model));
      return { status: 'ready', problem: null, arrival: null };
    } catch (cause) {
      return { status: 'gone', problem: toShotweaveError(cause).message };
    }
  }

  async function start(): Promise<void> {
    const models = await shelf.listModels();
    state.setState(({ entries }) => ({ entries: entries ?? [] }));
    for (const model of models) {
      stored.set(model.id, model);
      addEntry({ ...entryOf(model), ...(await open(model)) });
    }
    await report();
  }

  async function keep(model: StoredModel): Promise<void> {
    await shelf.saveModel(model);
    stored.set(model.id, model);
  }

  async function arrive(model: StoredModel & { kind: 'download' }): Promise<void> {
    const arrival = receive(model);
    arriving.set(model.id, Promise.allSettled([arrival]));
    await arrival.finally(() => arriving.delete(model.id));
  }

  async function receive(model: StoredModel & { kind: 'download' }): Promise<void> {
    const { id, name, address, etag, bytes, sha256 } = model;
    let known = model;
    let keeping: Promise<void> = Promise.resolve();
    setEntry(id, { status: 'busy', problem: null, arrival: { done: 0, bytes, phase: 'arriving' } });
    try {
      const remote = await downloader
        .start(id, name, { address, etag, bytes, sha256 }, (progress) => {
          const total = progress.remote.bytes;
          setEntry(id, { arrival: { done: progress.done, bytes: total, phase: progress.phase } });
          if (known.etag === progress.remote.etag && known.bytes === total) return;
          known = { ...known, etag: progress.remote.etag, bytes: total };
          keeping = keep(known).catch(notifyError);
        })
        .finally(() => keeping);
      known = { ...known, ...remote, complete: true };
      await keep(known);
      setEntry(id, await open(known));
      await report();
    } catch (cause) {
      const error = toShotweaveError(cause);
      setEntry(id, { ...(await open(known)), problem: error.code === 'cancelled' ? null : error.message });
    }
  }

  /** Runs a piece of work; its failure is told in a notice. */
  async function told(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      notifyError(error);
    }
  }

  async function add(entry: ModelEntry): Promise<void> {
    addEntry(entry);
    await report();
  }

  return {
    state,
    start() {
      starting ??= told(start);
      return starting;
    },
    addHandles: (name, handles) =>
      told(async () => {
        const model: StoredModel = {
          id: crypto.randomUUID(),
          kind: 'disk',
          name,
          added: Date.now(),
          handles,
        };
        await keep(model);
        await add({ ...entryOf(model), ...(await open(model)) });
      }),
    addFiles: (name, chosen) =>
      told(async () => {
        const id = crypto.randomUUID();
        files.set(id, chosen);
        await add({ id, name, source: 'page', status: 'ready', problem: null, arrival: null });
      }),
    unlock: (id) =>
      told(async () => {
        const model = stored.get(id);
        if (!model || !(await shelf.askPermission(model))) return;
        setEntry(id, await open(model));
        await report();
      }),
    remove: (id) =>
      told(async () => {
        downloader.stop(id);
        // Its file is locked until it has ended, and what it keeps last must not come after its removal.
        await arriving.get(id);
        const model = stored.get(id);
        if (model) await shelf.removeModel(model);
        stored.delete(id);
        files.delete(id);
        state.setState(({ entries }) => ({ entries: (entries ?? []).filter((entry) => entry.id !== id) }));
        await report();
      }),
    choose: (changed) =>
      told(async () => {
        state.setState({ choices: { ...state.getState().choices, ...changed } });
        choices.save(state.getState().choices);
        await report();
      }),
    async look(text) {
      const url = checkAddress(text);
      const [remote, room] = await Promise.all([downloader.size(url.href), estimateRoom()]);
      return offerOf(url, remote, room);
    },
    download: ({ address, name, bytes }, sha256) =>
      told(async () => {
        const model = {
          id: crypto.randomUUID(),
          kind: 'download' as const,
          name,
          added: Date.now(),
          address,
          sha256,
          bytes,
          etag: null,
          complete: false,
        };
        await keep(model);
        addEntry(entryOf(model));
        await arrive(model);
      }),
    goOn: (id) =>
      told(async () => {
        const model = stored.get(id);
        if (model?.kind === 'download') await arrive(model);
      }),
    stop: (id) => downloader.stop(id),
  };
}

function entryOf(model: StoredModel): ModelEntry {
  const { id, name, kind } = model;
  return {
    id,
    name,
    source: kind,
    status: kind === 'download' && !model.complete ? 'partial' : 'ready',
    problem: null,
    arrival: null,
  };
}

function offerOf(url: URL, { bytes }: RemoteFile, room: Room | null): DownloadOffer {
  const left = room ? room.available - room.used : null;
  const tooLarge = bytes !== null && left !== null && bytes > left;
  return {
    address: url.href,
    name: nameOfAddress(url),
    bytes,
    room,
    refusal: tooLarge
      ? 'There is no room for this file in the browser: free some, or download it with your browser and choose it here.'
      : null,
  };
}
