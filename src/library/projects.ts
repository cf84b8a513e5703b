import { limits, type Storyboard, titleOf } from '../storyboard/document.ts';
import {
  type FilmRecord,
  type SeenVersions,
  type StoredDocument,
  type StoredTake,
  saveDocument,
  seenVersions,
  storedDocumentSchema,
  withDatabase,
} from './database.ts';
import type { StoredFilm } from './films.ts';
import { listAllTakes } from './takes.ts';

/** A storyboard of the library with a picture of its last film, if it has one. */
export interface Project extends StoredDocument {
  still: Blob | null;
}

/** Everything that the database held under a document's id, to be put back. */
export interface RemovedProject {
  id: string;
  document: unknown;
  film: FilmRecord | undefined;
  takes: StoredTake[];
  still: Blob | undefined;
}

/** A finished film with the storyboard that it belongs to; null when that is gone. */
export interface KeptFilm extends StoredFilm {
  /** Title of the storyboard that it was made from; null when nothing is known of the film but its file. */
  title: string | null;
  documentId: string | null;
  /** Its number among the takes of that storyboard. */
  take: number | null;
}

/** Every storyboard that can be read, the last edited first. Throws `storage-unavailable`. */
export async function listProjects(): Promise<Project[]> {
  const { documents, stills } = await withDatabase(async (database) => {
    const transaction = database.transaction(['documents', 'stills']);
    const store = transaction.objectStore('stills');
    const [kept, keys, pictures] = await Promise.all([
      transaction.objectStore('documents').index('updated').getAll(),
      store.getAllKeys(),
      store.getAll(),
    ]);
    return { documents: kept, stills: new Map(keys.map((key, index) => [key, pictures[index]])) };
  });
  return documents
    .reverse()
    .map((stored) => storedDocumentSchema.safeParse(stored))
    .flatMap(({ data }) => (data ? [{ ...data, still: stills.get(data.id) ?? null }] : []));
}

/** Keeps the picture that stands for a document. Throws `storage-full`, `storage-unavailable`. */
export async function saveStill(documentId: string, still: Blob): Promise<void> {
  await withDatabase((database) => database.put('stills', still, documentId));
}

/** Gives a document another title; its place among the others stays as it is. Throws `storage-full`, `storage-unavailable`. */
export async function renameProject(id: string, title: string): Promise<void> {
  await withDatabase(async (database) => {
    const { store, done } = database.transaction('documents', 'readwrite');
    const stored = await store.get(id);
    if (!stored) return;
    // A version of its own, so that a tab that still has the old title does not put it back unawares.
    const updated = stored.updated + 1;
    await store.put({ ...stored, title, updated, storyboard: { ...stored.storyboard, title } });
    await done;
    if (seenVersions.get(id) === stored.updated) seenVersions.set(id, updated);
  });
}

/** Copies a document, without its film, and returns the copy's id; null when there is no such document. */
export async function duplicateProject(id: string): Promise<string | null> {
  return withDatabase(async (database) => {
    const transaction = database.transaction(['documents', 'stills'], 'readwrite');
    const documents = transaction.objectStore('documents');
    const stills = transaction.objectStore('stills');
    const [stored, still] = await Promise.all([documents.get(id), stills.get(id)]);
    if (!stored) return null;
    const title = stored.title && markedTitle(stored.title, ' (copy)');
    const copy = {
      id: crypto.randomUUID(),
      title,
      // Beside the original, and never the last edited: that is what the studio opens with.
      updated: stored.updated - 1,
      storyboard: { ...stored.storyboard, title },
    };
    await documents.put(copy);
    if (still) await stills.put(still, copy.id);
    await transaction.done;
    return copy.id;
  });
}

/**
 * Keeps this tab's version of a storyboard that another tab has written too as one of its own, and returns it. Throws
 * `storage-full`, `storage-unavailable`.
 */
export async function saveApart(
  storyboard: Storyboard,
  seen?: SeenVersions,
): Promise<{ documentId: string; document: Storyboard }> {
  const documentId = crypto.randomUUID();
  const document = { ...storyboard, title: markedTitle(titleOf(storyboard), ' (from another tab)') };
  await saveDocument(documentId, document, seen);
  return { documentId, document };
}

/** Whether a document is kept under an id. Throws `storage-unavailable`. */
export async function hasProject(id: string): Promise<boolean> {
  return (await withDatabase((database) => database.count('documents', id))) > 0;
}

/** Takes a document and what is known of its films out of the database; the films' files stay. */
export async function removeProject(id: string): Promise<RemovedProject> {
  return withDatabase(async (database) => {
    const transaction = database.transaction(['documents', 'films', 'takes', 'stills'], 'readwrite');
    const documents = transaction.objectStore('documents');
    const films = transaction.objectStore('films');
    const allTakes = transaction.objectStore('takes');
    const stills = transaction.objectStore('stills');
    const [document, film, takes, takeKeys, still] = await Promise.all([
      documents.get(id),
      films.get(id),
      allTakes.index('document').getAll(id),
      allTakes.index('document').getAllKeys(id),
      stills.get(id),
    ]);
    await Promise.all([
      documents.delete(id),
      films.delete(id),
      ...takeKeys.map((key) => allTakes.delete(key)),
      stills.delete(id),
      transaction.done,
    ]);
    return { id, document, film, takes, still };
  });
}

/** Undoes removeProject; what has been written under its id since stays. Throws `storage-full`, `storage-unavailable`. */
export async function putBackProject({ id, document, film, takes, still }: RemovedProject): Promise<void> {
  const stored = storedDocumentSchema.safeParse(document);
  await withDatabase(async (database) => {
    const transaction = database.transaction(['documents', 'films', 'takes', 'stills'], 'readwrite');
    const documents = transaction.objectStore('documents');
    const films = transaction.objectStore('films');
    if (stored.success && !(await documents.get(id))) await documents.put(stored.data);
    if (film && !(await films.get(id))) await films.put(film, id);
    for (const take of takes) await transaction.objectStore('takes').put(take, take.record.fileName);
    if (still) await transaction.objectStore('stills').put(still, id);
    await transaction.done;
  });
}

/** Says of each film which storyboard it belongs to. Throws `storage-unavailable`. */
export async function withOwners(films: readonly StoredFilm[]): Promise<KeptFilm[]> {
  const takes = new Map((await listAllTakes()).map((take) => [take.record.fileName, take]));
  return films.map((film) => {
    const take = takes.get(film.fileName);
    return {
      ...film,
      title: take?.record.storyboard.title ?? null,
      documentId: take?.documentId ?? null,
      take: take?.number ?? null,
    };
  });
}

function markedTitle(title: string, mark: string): string {
  return title.slice(0, limits.titleCharacters - mark.length) + mark;
}
