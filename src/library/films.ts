import { deleteFilmLatents } from './filmLatents.ts';
import { onStorage } from './storageError.ts';

/** A finished film in the studio's own storage. */
export interface StoredFilm {
  fileName: string;
  bytes: number;
  /** Milliseconds since 1970. */
  modified: number;
}

/** The folder of finished films in the origin's private file system. */
export function filmsFolder(): Promise<FileSystemDirectoryHandle> {
  return folder('films');
}

/** The folder of films that are being written. */
export function unfinishedFolder(): Promise<FileSystemDirectoryHandle> {
  return folder('unfinished');
}

async function folder(name: string): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(name, { create: true });
}

/** Every finished film, the newest first. Throws `storage-unavailable`. */
export async function listFilms(): Promise<StoredFilm[]> {
  return onStorage(async () => {
    const films: StoredFilm[] = [];
    for await (const handle of (await filmsFolder()).values()) {
      if (handle.kind !== 'file') continue;
      const { size, lastModified } = await handle.getFile();
      films.push({ fileName: handle.name, bytes: size, modified: lastModified });
    }
    return films.sort((a, b) => b.modified - a.modified);
  });
}

/** The film as a file on disk, not in memory; null when there is none of this name. Throws `storage-unavailable`. */
export async function readFilm(fileName: string): Promise<File | null> {
  return ifFound(async () => (await (await filmsFolder()).getFileHandle(fileName)).getFile());
}

/** Deletes a film with what it was decoded from; one that is not there is no error. Throws `storage-unavailable`. */
export async function deleteFilm(fileName: string): Promise<void> {
  await ifFound(async () => (await filmsFolder()).removeEntry(fileName));
  await deleteFilmLatents(fileName);
}

async function ifFound<T>(work: () => Promise<T>): Promise<T | null> {
  return onStorage(async () => {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof DOMException && cause.name === 'NotFoundError') return null;
      throw cause;
    }
  });
}
