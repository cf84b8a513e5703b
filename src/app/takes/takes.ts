import { createStore, type StoreApi } from 'zustand/vanilla';
import { ShotweaveError } from '../../lib/errors.ts';
import type { StoredTake } from '../../library/database.ts';
import type { StoredFilm } from '../../library/films.ts';
import { listTakes, pinTake, showTake } from '../../library/takes.ts';
import type { FilmGeometry } from '../../plan/types.ts';
import type { Storyboard } from '../../storyboard/document.ts';
import type { StoryboardStore } from '../../storyboard/store.ts';
import type { Generation } from '../generation.ts';
import type { Library } from '../library.ts';
import { notifyError } from '../notices.ts';

/** A take with the room that it takes. */
export interface Take extends StoredTake {
  /** Of the film and all that is kept beside it. */
  bytes: number;
}

/** The takes of the storyboard at hand. Every method tells of a failure in a notice and never rejects. */
export interface Takes {
  /** The newest first. */
  state: StoreApi<{ takes: readonly Take[] }>;
  refresh(): Promise<void>;
  /** Puts a take on the stage, unless a film is being made; locked shots are kept from it from then on. */
  show(fileName: string): Promise<void>;
  pin(fileName: string, pinned: boolean): Promise<void>;
  /** Deletes a take; a notice offers it back. */
  remove(take: Take): Promise<void>;
  /** The film of a take; null when it is gone. */
  open(take: Take): Promise<OpenTake | null>;
}

/** A take that can be played. */
export interface OpenTake {
  take: Take;
  file: File;
  geometry: FilmGeometry;
}

export interface TakesParts {
  storyboard: StoryboardStore;
  generation: Pick<Generation, 'state' | 'show'>;
  library: Pick<Library, 'state' | 'deleteFilm'>;
  files: { listFilms(): Promise<StoredFilm[]>; readFilm(fileName: string): Promise<File | null> };
  geometryOf(document: Storyboard): FilmGeometry;
}

export function createTakes({ storyboard, generation, library, files, geometryOf }: TakesParts): Takes {
  const state = createStore<{ takes: readonly Take[] }>()(() => ({ takes: [] }));
  let reading = 0;

  async function read(): Promise<void> {
    reading += 1;
    const turn = reading;
    const [takes, films] = await Promise.all([
      listTakes(storyboard.getState().documentId),
      files.listFilms(),
    ]);
    const bytes = new Map(films.map((film) => [film.fileName, film.bytes]));
    // What was asked for later is newer.
    if (turn !== reading) return;
    state.setState({
      takes: takes.map((take) => ({ ...take, bytes: bytes.get(take.record.fileName) ?? 0 })),
    });
  }

  async function change(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      await read();
    } catch (error) {
      notifyError(error);
    }
  }

  const refresh = () => change(async () => undefined);
  storyboard.subscribe(({ documentId }, past) => {
    if (documentId !== past.documentId) void refresh();
  });
  generation.state.subscribe(({ film }, past) => {
    if (film !== past.film) void refresh();
  });
  library.state.subscribe(() => void refresh());
  void refresh();

  return {
    state,
    refresh,
    show: (fileName) =>
      change(async () => {
        if (generation.state.getState().job) throw busy();
        const { documentId } = storyboard.getState();
        const file = await files.readFilm(fileName);
        const record = file && (await showTake(fileName));
        if (!record) throw gone();
        // Meanwhile the stage may have come to belong to another storyboard, or to a film in the making.
        if (storyboard.getState().documentId !== documentId || generation.state.getState().job) return;
        const url = URL.createObjectURL(file);
        generation.show({ documentId, record, geometry: geometryOf(record.storyboard), file, url });
      }),
    pin: (fileName, pinned) => change(() => pinTake(fileName, pinned)),
    remove: ({ documentId, number, record }) =>
      library.deleteFilm({
        documentId,
        fileName: record.fileName,
        title: record.storyboard.title,
        take: number,
      }),
    async open(take) {
      try {
        const file = await files.readFilm(take.record.fileName);
        if (!file) throw gone();
        return { take, file, geometry: geometryOf(take.record.storyboard) };
      } catch (error) {
        notifyError(error);
        return null;
      }
    },
  };
}

function busy(): ShotweaveError {
  return new ShotweaveError(
    'unexpected',
    'A film is being made: wait for it, or stop it, to show another take.',
  );
}

function gone(): ShotweaveError {
  return new ShotweaveError(
    'storage-unavailable',
    'The film of this take is no longer on the disk: delete the take, or make it again.',
  );
}
