import { storageError } from './storageError.ts';

/** The part of the File System Access API used here; not in the DOM types, and only in Chromium. */
interface FolderPickerWindow {
  showDirectoryPicker(options: { mode: 'readwrite' }): Promise<FileSystemDirectoryHandle>;
}

/** A new folder for files that belong together. */
export interface SaveFolder {
  folder: FileSystemDirectoryHandle;
  /** Its name, which may have got a number: no folder that was there is touched. */
  name: string;
  /** Removes it with all that is in it. Never rejects. */
  remove: () => Promise<void>;
}

/** Most folders of one name that are looked through for one that is free. */
const mostTries = 1000;

/** Whether the browser lets a page write into a folder that the person chooses. */
export function canChooseFolder(): boolean {
  return hasFolderPicker(window);
}

/**
 * Asks for a folder and makes a new one in it. Call it from a click, since browsers open the dialog for nothing else.
 *
 * @returns null when the person closed the dialog
 * @throws `storage-unavailable`
 */
export async function chooseFolder(name: string): Promise<SaveFolder | null> {
  if (!hasFolderPicker(window)) return null;
  try {
    const parent = await window.showDirectoryPicker({ mode: 'readwrite' });
    const free = await freeName(parent, name);
    const folder = await parent.getDirectoryHandle(free, { create: true });
    const remove = () => parent.removeEntry(free, { recursive: true }).catch(() => undefined);
    return { folder, name: free, remove };
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') return null;
    throw storageError(cause);
  }
}

async function freeName(parent: FileSystemDirectoryHandle, name: string): Promise<string> {
  const taken = new Set<string>();
  for await (const key of parent.keys()) taken.add(key.toLowerCase());
  for (let i = 1; i < mostTries; i++) {
    const candidate = i === 1 ? name : `${name}-${i}`;
    if (!taken.has(candidate.toLowerCase())) return candidate;
  }
  return `${name}-${crypto.randomUUID()}`;
}

function hasFolderPicker(scope: object): scope is FolderPickerWindow {
  return 'showDirectoryPicker' in scope;
}
