import type { ExportTarget } from '../film/export/exportJob.ts';
import type { FilmSink } from '../film/sink.ts';
import { onStorage } from './storageError.ts';

/** An export's file, opened for writing. */
export interface ExportSink {
  sink: FilmSink;
  /** Name in the folder of exports, where it lies in the origin's private file system. */
  privateName: string | null;
}

/** What a tab left in the folder of exports goes once it is this old: a download may still read it. Milliseconds. */
const leftoverAge = 60 * 60_000;

/** The folder of exported files that wait to be downloaded, in the origin's private file system. */
async function exportsFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle('exports', { create: true });
}

/**
 * Opens a file of an export. What is written shows under its name when the sink is closed; a sink that is discarded
 * leaves no file behind.
 * @throws `storage-full`, `storage-unavailable`
 */
export function openExportSink(target: ExportTarget, name: string): Promise<ExportSink> {
  return onStorage(async () => {
    switch (target.kind) {
      case 'file':
        return { sink: await fileSink(target.file, () => removeEmpty(target.file)), privateName: null };
      case 'folder': {
        const file = await target.folder.getFileHandle(name, { create: true });
        const sink = await fileSink(file, () => target.folder.removeEntry(name));
        return { sink, privateName: null };
      }
      case 'private': {
        const folder = await exportsFolder();
        await removeLeftovers(folder);
        const privateName = crypto.randomUUID();
        const file = await folder.getFileHandle(privateName, { create: true });
        return { sink: await fileSink(file, () => folder.removeEntry(privateName)), privateName };
      }
    }
  });
}

/** An export in the private file system as a file on disk. Throws `storage-unavailable`. */
export function readExport(privateName: string): Promise<File> {
  return onStorage(async () => (await (await exportsFolder()).getFileHandle(privateName)).getFile());
}

/** Removes an export from the private file system; one that is gone is no error. */
export async function removeExport(privateName: string): Promise<void> {
  await exportsFolder()
    .then((folder) => folder.removeEntry(privateName))
    .catch(() => undefined);
}

async function removeLeftovers(folder: FileSystemDirectoryHandle): Promise<void> {
  const old: string[] = [];
  for await (const handle of folder.values()) {
    if (handle.kind !== 'file') continue;
    const { lastModified } = await handle.getFile();
    if (Date.now() - lastModified > leftoverAge) old.push(handle.name);
  }
  await Promise.allSettled(old.map((name) => folder.removeEntry(name)));
}

/** Handles of chosen files can be removed, which the DOM types do not know yet. */
interface RemovableFile extends FileSystemFileHandle {
  remove(): Promise<void>;
}

function isRemovable(file: FileSystemFileHandle): file is RemovableFile {
  return 'remove' in file;
}

/** Removes a chosen file that nothing was written to: the save dialog makes an empty one. Others keep what they held. */
export async function removeEmpty(file: FileSystemFileHandle): Promise<void> {
  if ((await file.getFile()).size === 0 && isRemovable(file)) await file.remove();
}

/** A file as a sink. `remove` takes it away when it is discarded. */
export async function fileSink(file: FileSystemFileHandle, remove: () => Promise<void>): Promise<FilmSink> {
  const stream = await file.createWritable();
  let open = true;
  return {
    write: (data, position) => onStorage(() => stream.write({ type: 'write', data, position })),
    async close() {
      open = false;
      await onStorage(() => stream.close());
    },
    async discard() {
      if (!open) return;
      open = false;
      await stream.abort().catch(() => undefined);
      await remove().catch(() => undefined);
    },
  };
}
