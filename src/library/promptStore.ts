import { sha256 } from '@noble/hashes/sha2.js';
import type { PromptStore } from '../engine/models/promptCache.ts';
import { onStorage } from './storageError.ts';

/** Prompts kept; those that were written longest ago go. A long one has eight megabytes. */
const most = 48;
const hashBytes = 32;

/** Features of encoded prompts in the browser's storage, so that the large text encoder is not run again for them. */
export const promptStore: PromptStore = {
  async read(key) {
    const bytes = await onStorage(async () => {
      const file = await (await promptsFolder()).getFileHandle(key).catch(() => null);
      return file ? (await file.getFile()).arrayBuffer() : null;
    });
    return bytes ? parseFeatures(bytes) : null;
  },

  async write(key, features) {
    await onStorage(async () => {
      const folder = await promptsFolder();
      await makeRoom(folder, key);
      const file = await folder.getFileHandle(key, { create: true });
      const stream = await file.createWritable();
      await stream.write(new Blob([hashOf(features), features]));
      await stream.close();
    });
  },
};

/** SHA-256 of the values, then the values; null when they are not whole. */
function parseFeatures(bytes: ArrayBuffer): Float32Array<ArrayBuffer> | null {
  if (bytes.byteLength < hashBytes || bytes.byteLength % 4 !== 0) return null;
  const features = new Float32Array(bytes.slice(hashBytes));
  const stored = new Uint8Array(bytes, 0, hashBytes);
  const computed = hashOf(features);
  return stored.every((byte, i) => byte === computed[i]) ? features : null;
}

function hashOf(features: Float32Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(sha256(new Uint8Array(features.buffer, features.byteOffset, features.byteLength)));
}

async function makeRoom(folder: FileSystemDirectoryHandle, key: string): Promise<void> {
  const others: { name: string; modified: number }[] = [];
  for await (const handle of folder.values()) {
    if (handle.kind !== 'file' || handle.name === key) continue;
    others.push({ name: handle.name, modified: (await handle.getFile()).lastModified });
  }
  others.sort((a, b) => b.modified - a.modified);
  for (const { name } of others.slice(most - 1)) await folder.removeEntry(name).catch(() => undefined);
}

async function promptsFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle('prompts', { create: true });
}
