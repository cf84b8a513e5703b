import { latentsFolder } from './filmLatents.ts';
import { routerFolder } from './routerRecords.ts';
import { onStorage } from './storageError.ts';

/** A finished film in the studio's own storage. */
export interface StoredFilm {
  fileName: string;
  /** Of the film and of all that is kept beside it. */
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
    for await (const { name, size, lastModified } of filesOf(await filmsFolder())) {
      films.push({ fileName: name, bytes: size, modified: lastModified });
    }
    const byStem = new Map(films.map((film) => [stemOf(film.fileName), film]));
    for (const beside of [await latentsFolder(), await routerFolder()]) {
      for await (const { name, size } of filesOf(beside)) {
        const film = byStem.get(stemOf(name));
        if (film) film.bytes += size;
      }
    }
    return films.sort((a, b) => b.modified - a.modified);
  });
}

/** The film as a file on disk, not in memory; null when there is none of this name. Throws `storage-unavailable`. */
export async function readFilm(fileName: string): Promise<File | null> {
  return ifFound(async () => (await (await filmsFolder()).getFileHandle(fileName)).getFile());
}

/**
 * Deletes a film with all that is kept beside it: every file with the stem of its name. One that is not there is no
 * error. Throws `storage-unavailable`.
 */
export async function deleteFilm(fileName: string): Promise<void> {
  await onStorage(async () => {
    const stem = stemOf(fileName);
    for (const folder of [await filmsFolder(), await latentsFolder(), await routerFolder()]) {
      const names: string[] = [];
      for await (const name of folder.keys()) if (stemOf(name) === stem) names.push(name);
      // Another tab may be quicker.
      for (const name of names) await ifFound(() => folder.removeEntry(name));
    }
  });
}

/** A file's name up to its first dot; names of films hold none before their ending. */
function stemOf(fileName: string): string {
  return fileName.replace(/\..*$/, '');
}

async function* filesOf(folder: FileSystemDirectoryHandle): AsyncGenerator<File> {
  for await (const handle of folder.values()) {
    const file = handle.kind === 'file' ? await ifFound(() => handle.getFile()) : null;
    if (file) yield file;
  }
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
