import { onStorage, storageError } from './storageError.ts';

/** The part of the File System Access API used here; not in the DOM types, and only in Chromium. */
interface SavePickerWindow {
  showSaveFilePicker(options: {
    suggestedName: string;
    types: { description: string; accept: Record<string, string[]> }[];
  }): Promise<FileSystemFileHandle>;
}

/** How long a download may take to start reading its object URL. */
const downloadStartMilliseconds = 60_000;

/** Kinds of file that the studio saves, by the end of their name. */
const kinds: Record<string, { description: string; mediaType: string }> = {
  '.mp4': { description: 'MP4 film', mediaType: 'video/mp4' },
  '.png': { description: 'PNG picture', mediaType: 'image/png' },
  '.json': { description: 'Storyboard', mediaType: 'application/json' },
  '.zip': { description: 'Zip archive', mediaType: 'application/zip' },
  '.shotweave': { description: 'Shotweave project', mediaType: 'application/zip' },
};

/** Where a file is to go: into one that the person chose, or to the downloads of a browser that has no save dialog. */
export type SaveTarget = { kind: 'file'; file: FileSystemFileHandle } | { kind: 'download' };

/**
 * Asks where to save a file. Call it from a click, since browsers open the dialog for nothing else.
 *
 * @param suggestedName ends in one of the kinds above
 * @returns null when the person closed the dialog
 * @throws `storage-unavailable`
 */
export async function chooseSaveTarget(suggestedName: string): Promise<SaveTarget | null> {
  if (!hasSavePicker(window)) return { kind: 'download' };
  const file = await chooseFile(window, suggestedName);
  return file && { kind: 'file', file };
}

/**
 * Saves a file where the person wants it: through the save dialog, streamed to disk, or else as a download.
 * Call it from a click, since browsers open the dialog for nothing else; what takes time to make is made after it.
 *
 * @param suggestedName ends in one of the kinds above
 * @returns 'saved', 'downloading' when the browser has taken it over, or 'dismissed' when the person closed the dialog.
 * @throws `storage-full`, `storage-unavailable`, and whatever `make` throws.
 */
export async function saveToDisk(
  content: Blob | (() => Promise<Blob>),
  suggestedName: string,
): Promise<'saved' | 'downloading' | 'dismissed'> {
  const make = async () => (content instanceof Blob ? content : content());
  const target = await chooseSaveTarget(suggestedName);
  if (!target) return 'dismissed';
  const made = await make();
  if (target.kind === 'download') {
    download(made, suggestedName);
    return 'downloading';
  }
  await onStorage(async () => made.stream().pipeTo(await target.file.createWritable()));
  return 'saved';
}

/** null when the person closed the dialog. */
async function chooseFile(
  scope: SavePickerWindow,
  suggestedName: string,
): Promise<FileSystemFileHandle | null> {
  const ending = suggestedName.slice(suggestedName.lastIndexOf('.'));
  const kind = kinds[ending];
  try {
    return await scope.showSaveFilePicker({
      suggestedName,
      types: kind ? [{ description: kind.description, accept: { [kind.mediaType]: [ending] } }] : [],
    });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') return null;
    throw storageError(cause);
  }
}

function hasSavePicker(scope: object): scope is SavePickerWindow {
  return 'showSaveFilePicker' in scope;
}

/** Hands a file to the browser's downloads; `read` is called when it may be removed. */
export function download(file: Blob, name: string, read?: () => void): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
    read?.();
  }, downloadStartMilliseconds);
}
