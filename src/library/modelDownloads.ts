import { ShotweaveError } from '../lib/errors.ts';
import { onStorage } from './storageError.ts';

/** The folder of downloaded model files in the origin's private file system; files are named by their entry's id. */
export async function downloadsFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle('models', { create: true });
}

/** A downloaded file, or as much of it as there is; null when nothing is there. */
export async function openDownload(id: string): Promise<File | null> {
  return onStorage(async () => {
    const folder = await downloadsFolder();
    const handle = await folder.getFileHandle(id).catch(() => null);
    return handle?.getFile() ?? null;
  });
}

/** One that is not there is no error. Throws `storage-unavailable`, also where another tab is downloading it. */
export async function deleteDownload(id: string): Promise<void> {
  await onStorage(async () => {
    const folder = await downloadsFolder();
    await folder.removeEntry(id).catch((cause: unknown) => {
      const name = cause instanceof DOMException && cause.name;
      if (name === 'NoModificationAllowedError') throw stillArriving(cause);
      if (name !== 'NotFoundError') throw cause;
    });
  });
}

function stillArriving(cause: unknown): ShotweaveError {
  return new ShotweaveError(
    'storage-unavailable',
    'This download is under way in another tab: stop it there, and then remove it.',
    { cause },
  );
}
