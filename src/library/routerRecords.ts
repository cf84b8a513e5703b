import { z } from 'zod';
import { bitsFor, packBits, packedBytes, unpackBits } from '../engine/router/packBits.ts';
import { onStorage } from './storageError.ts';

/** Where the router sent every token of a film in one step. */
export interface RouterStep {
  /** Denoising steps done with it, from 1 on. */
  step: number;
  /** [layers, tokens]: the group of a token. */
  groups: Uint8Array<ArrayBuffer>;
  /** [layers, tokens]: the quarter, 0 to 3, that the winning probability lies in. */
  quarters: Uint8Array<ArrayBuffer>;
}

/** Where the router sent the tokens of a film in some of its steps; kept beside the film. */
export interface RouterRecord {
  /** Denoising steps of the film. */
  ofSteps: number;
  layers: number;
  /** Groups that the router chooses from. */
  groups: number;
  /** Tokens: latent frames, and rows and columns in each. */
  grid: { frames: number; rows: number; columns: number };
  /** In order. */
  steps: RouterStep[];
}

const quarterBits = 2;
/** Films in the making whose steps so far are kept. */
const mostUnfinished = 3;
const unfinishedMark = 'unfinished-';
/** Choices of one step that a file may say it has: more than any film that can be made. */
const mostValues = 1 << 26;

const count = z.int().min(1).max(65_536);
const headerSchema = z.object({
  version: z.literal(1),
  ofSteps: count,
  layers: count.max(1024),
  groups: count.max(256),
  grid: z.object({ frames: count, rows: count.max(1024), columns: count.max(1024) }),
  steps: z.array(count).max(64),
});

/** Keeps the record of a finished film beside it, under the film's file name; it is deleted with the film. */
export async function saveRouterRecord(fileName: string, record: RouterRecord): Promise<void> {
  await write(fileName, record);
}

/** The record of a film; null when there is none or it is not whole. */
export async function loadRouterRecord(fileName: string): Promise<RouterRecord | null> {
  const bytes = await onStorage(async () => {
    const file = await (await routerFolder()).getFileHandle(fileName).catch(() => null);
    return file ? (await file.getFile()).arrayBuffer() : null;
  });
  return bytes ? unpackRouterRecord(bytes) : null;
}

/** Keeps the steps so far of a film in the making, so that one that is interrupted goes on with them. */
export async function saveUnfinishedRecord(fingerprint: string, record: RouterRecord): Promise<void> {
  const name = unfinishedMark + fingerprint;
  await onStorage(() => makeRoom(name));
  await write(name, record);
}

/** The steps so far of a film in the making. */
export function loadUnfinishedRecord(fingerprint: string): Promise<RouterRecord | null> {
  return loadRouterRecord(unfinishedMark + fingerprint);
}

/** Forgets a film in the making that is finished or given up. */
export async function dropUnfinishedRecord(fingerprint: string): Promise<void> {
  await onStorage(async () => {
    await (await routerFolder()).removeEntry(unfinishedMark + fingerprint).catch(() => undefined);
  });
}

/**
 * One file: length of the header, the header as JSON, then for every step the groups, in as many bits as they need,
 * and the quarters in two, compressed with a checksum.
 */
export async function packRouterRecord({
  steps,
  ofSteps,
  layers,
  groups,
  grid,
}: RouterRecord): Promise<Blob> {
  const header = { version: 1, ofSteps, layers, groups, grid, steps: steps.map(({ step }) => step) };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const planes = steps.flatMap((step) => [
    packBits(step.groups, bitsFor(groups)),
    packBits(step.quarters, quarterBits),
  ]);
  const compressed = new Blob(planes).stream().pipeThrough(new CompressionStream('gzip'));
  return new Blob([Uint32Array.of(text.length), text, await new Response(compressed).blob()]);
}

/** Reads what packRouterRecord made; null when it is not whole. */
export async function unpackRouterRecord(bytes: ArrayBuffer): Promise<RouterRecord | null> {
  if (bytes.byteLength < 4) return null;
  const length = new DataView(bytes).getUint32(0, true);
  if (4 + length > bytes.byteLength) return null;
  const header = parseHeader(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
  if (!header) return null;
  const { ofSteps, layers, groups, grid } = header;
  const values = layers * grid.frames * grid.rows * grid.columns;
  if (values > mostValues) return null;
  const groupBytes = packedBytes(values, bitsFor(groups));
  const stepBytes = groupBytes + packedBytes(values, quarterBits);
  const planes = await inflate(bytes.slice(4 + length), header.steps.length * stepBytes);
  if (!planes) return null;
  const steps = header.steps.map((step, i): RouterStep => {
    const plane = planes.subarray(i * stepBytes, (i + 1) * stepBytes);
    return {
      step,
      groups: unpackBits(plane, values, bitsFor(groups)),
      quarters: unpackBits(plane.subarray(groupBytes), values, quarterBits),
    };
  });
  if (steps.some((step) => step.groups.some((group) => group >= groups))) return null;
  return { ofSteps, layers, groups, grid, steps };
}

function parseHeader(text: string): z.infer<typeof headerSchema> | null {
  try {
    return headerSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Decompresses to exactly `length` bytes; null when they are others. */
async function inflate(compressed: ArrayBuffer, length: number): Promise<Uint8Array | null> {
  const out = new Uint8Array(length);
  let at = 0;
  const reader = new Blob([compressed]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return at === length ? out : null;
      if (at + value.length > length) {
        await reader.cancel();
        return null;
      }
      out.set(value, at);
      at += value.length;
    }
  } catch {
    return null;
  }
}

async function write(name: string, record: RouterRecord): Promise<void> {
  const packed = await packRouterRecord(record);
  await onStorage(async () => {
    const file = await (await routerFolder()).getFileHandle(name, { create: true });
    const stream = await file.createWritable();
    await stream.write(packed);
    await stream.close();
  });
}

/** Removes what the oldest films in the making left, all but the newest of them. */
async function makeRoom(name: string): Promise<void> {
  const folder = await routerFolder();
  const others: { name: string; modified: number }[] = [];
  for await (const handle of folder.values()) {
    if (handle.kind !== 'file' || handle.name === name || !handle.name.startsWith(unfinishedMark)) continue;
    others.push({ name: handle.name, modified: (await handle.getFile()).lastModified });
  }
  others.sort((a, b) => b.modified - a.modified);
  const old = others.slice(mostUnfinished - 1);
  for (const other of old) await folder.removeEntry(other.name).catch(() => undefined);
}

/** The folder of the records. */
export async function routerFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle('router', { create: true });
}
