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
};

/**
 * Saves a file where the person wants it: through the save dialog, streamed to disk, or else as a download.
 * Call it from a click, since browsers open the dialog for nothing else; what takes time to make is made after it.
 *
 * @param suggestedName ends in .mp4, .png or .json
 * @returns 'saved', 'downloading' when the browser has taken it over, or 'dismissed' when the person closed the dialog.
 * @throws `storage-full`, `storage-unavailable`, and whatever `make` throws.
 */
export async function saveToDisk(
  content: Blob | (() => Promise<Blob>),
  suggestedName: string,
): Promise<'saved' | 'downloading' | 'dismissed'> {
  const make = async () => (content instanceof Blob ? content : content());
  if (!hasSavePicker(window)) {
    download(await make(), suggestedName);
    return 'downloading';
  }
  const target = await chooseFile(window, suggestedName);
  if (!target) return 'dismissed';
  const made = await make();
  await onStorage(async () => made.stream().pipeTo(await target.createWritable()));
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

function download(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), downloadStartMilliseconds);
}
