import { ShotweaveError } from '../lib/errors.ts';
import { withDatabase } from './database.ts';
import { deleteDownload, openDownload } from './modelDownloads.ts';
import type { StoredModel } from './storedModel.ts';

/** A file with its path below what the person chose. */
export interface PathFile {
  path: string;
  file: File;
}

/** Deepest folder and most files that are looked into. */
const maxDepth = 8;
const maxFiles = 5000;

/** Folders in which no models lie, however many files they have. */
const passedOver: ReadonlySet<string> = new Set(['.git', 'node_modules', '__pycache__', 'venv', '.venv']);

/** Everything that the library remembers, the oldest first. Throws `storage-unavailable`. */
export async function listModels(): Promise<StoredModel[]> {
  const models = await withDatabase((database) => database.getAll('models'));
  return models.sort((a, b) => a.added - b.added);
}

/** Throws `storage-full`, `storage-unavailable`. */
export async function saveModel(model: StoredModel): Promise<void> {
  await withDatabase((database) => database.put('models', model, model.id));
}

/** Forgets where a model is; a download's bytes go with it, files on disk stay. */
export async function removeModel(model: StoredModel): Promise<void> {
  // The bytes first: nobody could find them again without the record.
  if (model.kind === 'download') await deleteDownload(model.id);
  await withDatabase((database) => database.delete('models', model.id));
}

/**
 * The files of a model. Rejects with `model-missing` when they are gone or the browser wants to ask the person again
 * first, as it does after a reload: see `needsPermission`.
 */
export async function filesOf(model: StoredModel): Promise<PathFile[]> {
  if (model.kind === 'download') {
    const file = model.complete ? await openDownload(model.id) : null;
    return file ? [{ path: model.name, file }] : [];
  }
  const files: PathFile[] = [];
  for (const handle of model.handles) {
    try {
      await collect(handle, '', 0, files);
    } catch (cause) {
      throw new ShotweaveError(
        'model-missing',
        `“${model.name}” cannot be read any more: it was moved or deleted, so choose it again.`,
        { cause },
      );
    }
  }
  return files;
}

/** Whether the browser must ask the person before the files can be read. */
export async function needsPermission(model: StoredModel): Promise<boolean> {
  if (model.kind === 'download') return false;
  for (const handle of model.handles) {
    if (hasPermissions(handle) && (await handle.queryPermission({ mode: 'read' })) !== 'granted') return true;
  }
  return false;
}

/** Lets the browser ask; call it from a click. Says whether the files can be read now. */
export async function askPermission(model: StoredModel): Promise<boolean> {
  if (model.kind === 'download') return true;
  for (const handle of model.handles) {
    if (hasPermissions(handle) && (await handle.requestPermission({ mode: 'read' })) !== 'granted')
      return false;
  }
  return true;
}

async function collect(
  handle: FileSystemHandle,
  folder: string,
  depth: number,
  files: PathFile[],
): Promise<void> {
  if (files.length >= maxFiles) return;
  if (handle instanceof FileSystemFileHandle) {
    files.push({ path: folder + handle.name, file: await handle.getFile() });
  } else if (
    handle instanceof FileSystemDirectoryHandle &&
    depth < maxDepth &&
    !passedOver.has(handle.name)
  ) {
    for await (const child of handle.values()) {
      await collect(child, `${folder}${handle.name}/`, depth + 1, files);
    }
  }
}

/** The permissions of the File System Access API, which the DOM types do not know. */
interface PermissionHandle {
  queryPermission(options: { mode: 'read' }): Promise<PermissionState>;
  requestPermission(options: { mode: 'read' }): Promise<PermissionState>;
}

function hasPermissions(handle: FileSystemHandle): handle is FileSystemHandle & PermissionHandle {
  return 'queryPermission' in handle && 'requestPermission' in handle;
}
