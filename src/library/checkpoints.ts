import { sha256 } from '@noble/hashes/sha2.js';
import { onStorage } from './storageError.ts';

/** A film in the middle of its making: enough to go on as if nothing had happened. */
export interface Checkpoint {
  /** Of everything that decides what the film will be. */
  fingerprint: string;
  /** Denoising steps done. */
  step: number;
  /** The sampler's state after that step: the latent video, and what the sampler remembers of earlier steps. */
  latents: Float32Array<ArrayBuffer>;
}

/** Checkpoints kept; older ones go. */
const most = 3;
const magic = 0x4b435753;
/** Words before the latents: magic, step, number of values; then eight words of SHA-256 over the rest. */
const headerWords = 3;
const hashBytes = 32;

/** Keeps a checkpoint in place of an earlier one of the same film; a write that is cut short leaves the earlier one. */
export async function saveCheckpoint({ fingerprint, step, latents }: Checkpoint): Promise<void> {
  await onStorage(async () => {
    const folder = await checkpointsFolder();
    await makeRoom(folder, fingerprint);
    const header = new Uint32Array([magic, step, latents.length]);
    const file = await folder.getFileHandle(fingerprint, { create: true });
    const stream = await file.createWritable();
    await stream.write(new Blob([header, hashOf(header, latents), latents]));
    await stream.close();
  });
}

/** The checkpoint of a film; null when there is none or it is damaged. */
export async function loadCheckpoint(fingerprint: string): Promise<Checkpoint | null> {
  const bytes = await onStorage(async () => {
    const folder = await checkpointsFolder();
    const file = await folder.getFileHandle(fingerprint).catch(() => null);
    return file ? (await file.getFile()).arrayBuffer() : null;
  });
  return bytes ? parseCheckpoint(fingerprint, bytes) : null;
}

/** Which films have a checkpoint, and the steps that it has behind it, the last written first; none is read whole. */
export async function listCheckpoints(): Promise<Pick<Checkpoint, 'fingerprint' | 'step'>[]> {
  return onStorage(async () => {
    const found: { fingerprint: string; step: number; modified: number }[] = [];
    for await (const handle of (await checkpointsFolder()).values()) {
      if (handle.kind !== 'file') continue;
      const file = await handle.getFile();
      const header = await file.slice(0, headerWords * 4).arrayBuffer();
      if (header.byteLength < headerWords * 4) continue;
      const [mark, step = 0] = new Uint32Array(header);
      if (mark === magic) found.push({ fingerprint: handle.name, step, modified: file.lastModified });
    }
    found.sort((a, b) => b.modified - a.modified);
    return found.map(({ fingerprint, step }) => ({ fingerprint, step }));
  });
}

/** Forgets a film that is finished or given up. */
export async function dropCheckpoint(fingerprint: string): Promise<void> {
  await onStorage(async () => {
    const folder = await checkpointsFolder();
    await folder.removeEntry(fingerprint).catch(() => undefined);
  });
}

/** Reads the bytes of a checkpoint; null when they are not whole. */
export function parseCheckpoint(fingerprint: string, bytes: ArrayBuffer): Checkpoint | null {
  const dataStart = headerWords * 4 + hashBytes;
  if (bytes.byteLength < dataStart || bytes.byteLength % 4 !== 0) return null;
  const header = new Uint32Array(bytes, 0, headerWords);
  const [mark, step = 0, count] = header;
  const latents = new Float32Array(bytes.slice(dataStart));
  if (mark !== magic || latents.length !== count) return null;
  const stored = new Uint8Array(bytes, headerWords * 4, hashBytes);
  const computed = hashOf(header, latents);
  return stored.every((byte, i) => byte === computed[i]) ? { fingerprint, step, latents } : null;
}

function hashOf(header: Uint32Array, latents: Float32Array): Uint8Array<ArrayBuffer> {
  const hash = sha256.create();
  for (const part of [header, latents])
    hash.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  return new Uint8Array(hash.digest());
}

async function makeRoom(folder: FileSystemDirectoryHandle, fingerprint: string): Promise<void> {
  const others: { name: string; modified: number }[] = [];
  for await (const handle of folder.values()) {
    if (handle.kind !== 'file' || handle.name === fingerprint) continue;
    others.push({ name: handle.name, modified: (await handle.getFile()).lastModified });
  }
  others.sort((a, b) => b.modified - a.modified);
  for (const { name } of others.slice(most - 1)) await folder.removeEntry(name).catch(() => undefined);
}

async function checkpointsFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle('checkpoints', { create: true });
}
