import { storageError } from './storageError.ts';

/** The part of the File System Access API used here; not in the DOM types, and only in Chromium. */
interface SavePickerWindow {
  showSaveFilePicker(options: {
    suggestedName: string;
    types: { description: string; accept: Record<string, string[]> }[];
  }): Promise<FileSystemFileHandle>;
}

/** How long a download may take to start reading its object URL. */
const downloadStartMilliseconds = 60_000;

/**
 * Saves a film where the person wants it: through the save dialog, streamed to disk, or else as a download.
 * Call it from a click, since browsers open the dialog for nothing else.
 *
 * @returns 'saved', 'downloading' when the browser has taken it over, or 'dismissed' when the person closed the dialog.
 * @throws `storage-full`, `storage-unavailable`.
 */
export async function saveToDisk(
  file: File,
  suggestedName: string,
): Promise<'saved' | 'downloading' | 'dismissed'> {
  if (!hasSavePicker(window)) {
    download(file, suggestedName);
    return 'downloading';
  }
  try {
    const target = await window.showSaveFilePicker({
      suggestedName,
      types: [{ description: 'MP4 film', accept: { 'video/mp4': ['.mp4'] } }],
    });
    await file.stream().pipeTo(await target.createWritable());
    return 'saved';
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') return 'dismissed';
    throw storageError(cause);
  }
}

function hasSavePicker(scope: object): scope is SavePickerWindow {
  return 'showSaveFilePicker' in scope;
}

function download(file: File, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), downloadStartMilliseconds);
}
