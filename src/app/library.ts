import { createStore, type StoreApi } from 'zustand/vanilla';
import { ShotweaveError } from '../lib/errors.ts';
import { readDocument, seenVersions } from '../library/database.ts';
import type { StoredFilm } from '../library/films.ts';
import {
  duplicateProject,
  hasProject,
  type KeptFilm,
  listProjects,
  type Project,
  putBackProject,
  removeProject,
  renameProject,
  withOwners,
} from '../library/projects.ts';
import { estimateRoom, type Room } from '../library/room.ts';
import { putBackTake, removeTake } from '../library/takes.ts';
import type { Autosave } from '../storyboard/autosave.ts';
import { titleOf } from '../storyboard/document.ts';
import { blankStoryboard } from '../storyboard/starter.ts';
import type { StoryboardStore } from '../storyboard/store.ts';
import { writing } from '../storyboard/writing.ts';
import type { Generation } from './generation.ts';
import { notify, notifyError, takeOffer } from './notices.ts';
import type { OtherTabs } from './otherTabs.ts';

export interface LibraryState {
  projects: readonly Project[];
  films: readonly KeptFilm[];
  room: Room | null;
}

/** Everything that the browser keeps for the person. Every method tells of a failure in a notice and never rejects. */
export interface Library {
  /** null before it was read. */
  state: StoreApi<{ shown: LibraryState | null }>;
  refresh(): Promise<void>;
  /** Puts a kept storyboard on the page, as one undo step. */
  open(id: string): Promise<void>;
  /** Puts a new storyboard on the page, and the cursor into its first prompt. */
  openNew(): Promise<void>;
  rename(id: string, title: string): Promise<void>;
  duplicate(id: string): Promise<void>;
  /** Deletes a storyboard and its films; a notice offers it back. */
  deleteProject(project: Project): Promise<void>;
  /** Deletes a film and keeps its storyboard; a notice offers it back. */
  deleteFilm(film: Pick<KeptFilm, 'fileName' | 'documentId' | 'title' | 'take'>): Promise<void>;
}

export interface LibraryParts {
  storyboard: StoryboardStore;
  saving: Pick<Autosave, 'flush'>;
  tabs: Pick<OtherTabs, 'tell'>;
  generation: Pick<Generation, 'state' | 'drop'>;
  files: { listFilms(): Promise<StoredFilm[]>; deleteFilm(fileName: string): Promise<void> };
  /** Puts the film of the storyboard at hand on the stage. */
  restage: () => Promise<void>;
}

/** Something that was taken out of the library, and how it comes back. */
interface Deletion {
  sentence: string;
  /** Of its films, whose files are there until nobody can want them back. */
  fileNames: readonly string[];
  putBack(): Promise<void>;
  /** Of the storyboard, where that was deleted itself. */
  documentId?: string;
  reopen?(): Promise<void>;
}

export function createLibrary(parts: LibraryParts): Library {
  const { storyboard, saving, tabs, generation, files, restage } = parts;
  const state = createStore<{ shown: LibraryState | null }>()(() => ({ shown: null }));
  /** Files of films that are deleted as soon as the offer to have them back lapses. */
  const going = new Set<string>();

  async function read(): Promise<void> {
    await saving.flush();
    const [projects, films, room] = await Promise.all([listProjects(), files.listFilms(), estimateRoom()]);
    const kept = await withOwners(films.filter(({ fileName }) => !going.has(fileName)));
    state.setState({ shown: { projects, films: kept, room } });
  }

  /** Does something to the library, and shows what it is like then. */
  async function change(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      await read();
    } catch (error) {
      notifyError(error);
    }
  }

  /** Offers the way back from a deletion; the films' files go when nobody takes it. */
  function offerBack({ sentence, fileNames, putBack, documentId, reopen }: Deletion): void {
    for (const fileName of fileNames) {
      going.add(fileName);
      generation.drop(fileName);
    }
    async function restore(): Promise<void> {
      for (const fileName of fileNames) going.delete(fileName);
      await putBack();
      await restage();
    }
    const id = notify('done', sentence, {
      label: 'Undo',
      take() {
        unwatch();
        void change(async () => {
          await restore();
          await reopen?.();
        });
      },
      lapse() {
        unwatch();
        void change(async () => {
          // A tab that had it open has kept it.
          if (documentId !== undefined && (await hasProject(documentId))) return restore();
          for (const fileName of fileNames) {
            await files.deleteFilm(fileName);
            going.delete(fileName);
          }
        });
      },
    });
    // What was opened in the place of a storyboard can be undone too, and brings it back without its films.
    const unwatch = storyboard.subscribe((state) => {
      if (state.documentId === documentId) takeOffer(id);
    });
  }

  /** A film in the making needs its storyboard, and the film before it for the shots that are locked. */
  function refuseWhileMade(documentId: string | null): void {
    const { job } = generation.state.getState();
    if (job === null || job.documentId !== documentId) return;
    throw new ShotweaveError(
      'unexpected',
      `The film of “${job.title}” is being made: cancel it first to delete anything that belongs to it.`,
    );
  }

  async function openKept(id: string): Promise<void> {
    if (id === storyboard.getState().documentId) return;
    await saving.flush();
    const { value, problem } = await readDocument(id);
    if (!value)
      throw new ShotweaveError(
        'storyboard-invalid',
        problem ?? 'This storyboard is gone: another tab deleted it.',
      );
    seenVersions.set(id, value.updated);
    storyboard.actions.open(value.storyboard, id);
  }

  async function openAnother(id: string): Promise<void> {
    const other = (await listProjects()).find((project) => project.id !== id);
    if (other) await openKept(other.id);
    else storyboard.actions.open(blankStoryboard());
  }

  return {
    state,
    refresh: () => change(async () => undefined),
    open: (id) => change(() => openKept(id)),
    openNew: () =>
      change(async () => {
        storyboard.actions.open(blankStoryboard());
        writing.setState({ shotId: storyboard.getState().selectedShotId });
      }),
    rename: (id, title) =>
      change(async () => {
        if (id !== storyboard.getState().documentId) {
          await renameProject(id, title);
          return tabs.tell(id);
        }
        storyboard.actions.editFilm({ title });
        storyboard.actions.endStep();
      }),
    duplicate: (id) =>
      change(async () => {
        await saving.flush();
        await duplicateProject(id);
      }),
    deleteProject: (project) =>
      change(async () => {
        refuseWhileMade(project.id);
        const wasOpen = project.id === storyboard.getState().documentId;
        if (wasOpen) {
          // What is open is saved time and again: it must not be open when it goes.
          await saving.flush();
          await openAnother(project.id);
          await saving.flush();
        }
        const removed = await removeProject(project.id);
        const fileNames = removed.takes.map(({ record }) => record.fileName);
        offerBack({
          sentence: `Deleted “${titleOf(project)}”.`,
          fileNames,
          putBack: () => putBackProject(removed),
          documentId: project.id,
          ...(wasOpen && { reopen: () => openKept(project.id) }),
        });
      }),
    deleteFilm: ({ documentId, fileName, title, take }) =>
      change(async () => {
        refuseWhileMade(documentId);
        const removed = await removeTake(fileName);
        const name = title || fileName;
        const sentence =
          take === null
            ? `Deleted the film “${name}”.`
            : `Deleted take ${take} of “${name}”; its storyboard stays.`;
        async function putBack(): Promise<void> {
          if (!removed) return;
          // The film that stepped in for it gives way.
          const { film } = generation.state.getState();
          if (removed.wasShown && film?.documentId === documentId) generation.drop(film.record.fileName);
          await putBackTake(removed);
        }
        offerBack({ sentence, fileNames: [fileName], putBack });
        await restage();
      }),
  };
}
