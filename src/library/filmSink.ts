import type { FilmSink } from '../film/sink.ts';
import { filmsFolder, unfinishedFolder } from './films.ts';
import { onStorage, storageError } from './storageError.ts';

/** The two ways into a file of the origin's private file system. */
interface Access {
  write(data: Uint8Array<ArrayBuffer>, position: number): Promise<void>;
  close(): Promise<void>;
  /** Leaves the file without keeping what was written, as far as the access can. */
  release(): Promise<void>;
}

/** OPFS files can be moved, which the DOM types do not know yet. */
interface MovableFile extends FileSystemFileHandle {
  move(folder: FileSystemDirectoryHandle, name: string): Promise<void>;
}

/**
 * Opens a film for writing, in a worker (synchronous access) or on a page (a writable stream).
 * The film is written in a folder of its own and moves among the films, in place of an older one of its name, when it is
 * closed: a film that fails leaves nothing behind, and the older one stays.
 *
 * @throws `storage-full` from any call once the disk or the quota is used up, `storage-unavailable` where OPFS is shut.
 */
export async function openFilmSink(fileName: string): Promise<FilmSink> {
  return onStorage(async () => {
    const folder = await unfinishedFolder();
    await removeLeftovers(folder);
    // Two tabs may write a film of the same name.
    const file = await folder.getFileHandle(crypto.randomUUID(), { create: true });
    return new OpfsFilmSink(folder, file, fileName, await openAccess(file));
  });
}

/** Removes what a closed tab left behind; a film that is being written now is locked and stays. */
async function removeLeftovers(folder: FileSystemDirectoryHandle): Promise<void> {
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  await Promise.allSettled(names.map((name) => folder.removeEntry(name)));
}

class OpfsFilmSink implements FilmSink {
  readonly #folder: FileSystemDirectoryHandle;
  readonly #file: FileSystemFileHandle;
  /** Kept apart, since the handle's own name changes with the move. */
  readonly #unfinishedName: string;
  readonly #fileName: string;
  readonly #access: Access;
  #open = true;

  constructor(
    folder: FileSystemDirectoryHandle,
    file: FileSystemFileHandle,
    fileName: string,
    access: Access,
  ) {
    this.#folder = folder;
    this.#file = file;
    this.#unfinishedName = file.name;
    this.#fileName = fileName;
    this.#access = access;
  }

  write(data: Uint8Array<ArrayBuffer>, position: number): Promise<void> {
    return onStorage(() => this.#access.write(data, position));
  }

  async close(): Promise<void> {
    try {
      await this.#access.close();
      await move(this.#file, await filmsFolder(), this.#fileName);
      this.#open = false;
    } catch (cause) {
      await this.discard();
      throw storageError(cause);
    }
  }

  async discard(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#access.release();
    // What cannot be removed now goes when the next film is opened.
    await this.#folder.removeEntry(this.#unfinishedName).catch(() => undefined);
  }
}

async function openAccess(file: FileSystemFileHandle): Promise<Access> {
  // Only dedicated workers have it.
  return 'createSyncAccessHandle' in file ? syncAccess(file) : streamAccess(file);
}

async function syncAccess(file: FileSystemFileHandle): Promise<Access> {
  const handle = await file.createSyncAccessHandle();
  handle.truncate(0);
  return {
    async write(data, position) {
      let written = 0;
      while (written < data.length) {
        const rest = data.subarray(written);
        const bytes = handle.write(rest, { at: position + written });
        // Chromium in private browsing does not throw when it is full, but gives an error number as a huge count.
        if (bytes === 0 || bytes > rest.length) throw new DOMException('No room', 'QuotaExceededError');
        written += bytes;
      }
    },
    async close() {
      handle.flush();
      handle.close();
    },
    async release() {
      handle.close();
    },
  };
}

async function streamAccess(file: FileSystemFileHandle): Promise<Access> {
  const stream = await file.createWritable();
  return {
    write: (data, position) => stream.write({ type: 'write', data, position }),
    close: () => stream.close(),
    // A stream that has failed or is closed cannot be aborted, and holds nothing either.
    release: () => stream.abort().catch(() => undefined),
  };
}

function isMovable(file: FileSystemFileHandle): file is MovableFile {
  return 'move' in file;
}

async function move(
  file: FileSystemFileHandle,
  folder: FileSystemDirectoryHandle,
  name: string,
): Promise<void> {
  if (!isMovable(file)) throw new Error('This browser cannot move files of its private file system');
  await file.move(folder, name);
}
