import type { PathFile } from '../../library/models.ts';
import { storageError } from '../../library/storageError.ts';

/** The part of the File System Access API used here; not in the DOM types, and only in Chromium. */
interface PickerWindow {
  showDirectoryPicker(options: { id: string; mode: 'read' }): Promise<FileSystemDirectoryHandle>;
  showOpenFilePicker(options: { id: string; multiple: true }): Promise<FileSystemFileHandle[]>;
}

/** Whether the browser hands out files that it can find again after a reload. */
export function canRemember(): boolean {
  return hasPickers(window);
}

/** Asks for a folder; null when the person closed the dialog. Call it from a click. Throws `storage-unavailable`. */
export async function pickFolder(): Promise<FileSystemDirectoryHandle | null> {
  const scope: object = window;
  return hasPickers(scope) ? picked(scope.showDirectoryPicker({ id: 'models', mode: 'read' })) : null;
}

/** Asks for files; null when the person closed the dialog. Call it from a click. Throws `storage-unavailable`. */
export async function pickFiles(): Promise<FileSystemFileHandle[] | null> {
  const scope: object = window;
  return hasPickers(scope) ? picked(scope.showOpenFilePicker({ id: 'models', multiple: true })) : null;
}

/** Files of a plain input, with their paths below the chosen folder. */
export function filesOfInput(list: FileList): PathFile[] {
  return Array.from(list, (file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** What a choice of files is called: the folder, the one file, or how many there are. */
export function nameOfChoice(paths: readonly string[]): string {
  const [first = '', ...others] = paths;
  const folder = first.includes('/') ? first.slice(0, first.indexOf('/')) : null;
  if (folder !== null) return folder;
  return others.length === 0 ? first : `${paths.length} files`;
}

async function picked<T>(choice: Promise<T>): Promise<T | null> {
  try {
    return await choice;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') return null;
    throw storageError(cause);
  }
}

function hasPickers(scope: object): scope is PickerWindow {
  return 'showDirectoryPicker' in scope && 'showOpenFilePicker' in scope;
}
