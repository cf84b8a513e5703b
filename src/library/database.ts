import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB, type StoreNames } from 'idb';
import { z } from 'zod';
import { ShotweaveError } from '../lib/errors.ts';
import { attentionModes } from '../plan/routing.ts';
import type { FilmResult } from '../render/protocol.ts';
import { type Storyboard, storyboardSchema } from '../storyboard/document.ts';
import { onStorage } from './storageError.ts';
import type { StoredModel } from './storedModel.ts';

/** A storyboard as it was last edited. */
export interface StoredDocument {
  id: string;
  title: string;
  /** Milliseconds since 1970; every save gives a later one, so it also tells one version from another. */
  updated: number;
  storyboard: Storyboard;
}

/** What is known of a film; the film itself lies in the films folder. */
export type FilmRecord = Omit<FilmResult, 'keptFrames'>;

/** What storage held: a value, nothing, or something that cannot be used, which stays where it is. */
export interface Loaded<T> {
  value: T | null;
  /** A sentence for the person when something was there and could not be read, else null. */
  problem: string | null;
}

/** A finished film of a storyboard; the film itself lies in the films folder under the record's file name. */
export interface StoredTake {
  documentId: string;
  /** Counts the takes of its storyboard from 1; a deleted take's number is not given again while a later one is there. */
  number: number;
  /** Milliseconds since 1970. */
  made: number;
  /** Never deleted to make room. */
  pinned: boolean;
  /** Id of the shot that alone was made anew in it; null when the person asked for the film as a whole. */
  rerolled: string | null;
  record: FilmRecord;
  /** A small picture of it; null before one was taken. */
  still: Blob | null;
}

export interface StudioSchema extends DBSchema {
  documents: { key: string; value: StoredDocument; indexes: { updated: number } };
  /** By id of the document: its film on the stage, one of its takes. */
  films: { key: string; value: FilmRecord };
  /** By file name: every film that is kept. */
  takes: { key: string; value: StoredTake; indexes: { document: string } };
  /** A small picture of each document's last film. */
  stills: { key: string; value: Blob };
  /** By id: where the person's own model files are. */
  models: { key: string; value: StoredModel };
}

type Upgrade = IDBPTransaction<StudioSchema, StoreNames<StudioSchema>[], 'versionchange'>;

const databaseName = 'shotweave';

/** Upgrade n takes the database from version n to n + 1; the version is their number. Add to the end, change none. */
const upgrades: readonly ((
  database: IDBPDatabase<StudioSchema>,
  upgrade: Upgrade,
) => void | Promise<void>)[] = [
  (database) => {
    const documents = database.createObjectStore('documents', { keyPath: 'id' });
    documents.createIndex('updated', 'updated');
    database.createObjectStore('films');
  },
  (database) => {
    database.createObjectStore('stills');
  },
  async (database, upgrade) => {
    const takes = database.createObjectStore('takes');
    takes.createIndex('document', 'documentId');
    // Before there were takes, every storyboard had one film, made when it was last at hand.
    for await (const { key: documentId, value } of upgrade.objectStore('films')) {
      const { data: record } = filmRecordSchema.safeParse(value);
      if (!record) continue;
      const [document, still] = await Promise.all([
        upgrade.objectStore('documents').get(documentId),
        upgrade.objectStore('stills').get(documentId),
      ]);
      const made = document?.updated ?? Date.now();
      const take = {
        documentId,
        number: 1,
        made,
        pinned: false,
        rerolled: null,
        record,
        still: still ?? null,
      };
      await takes.put(take, record.fileName);
    }
  },
  (database) => {
    database.createObjectStore('models');
  },
];

export const storedDocumentSchema = z.object({
  id: z.string().min(1),
  title: z.string(),
  updated: z.number(),
  storyboard: storyboardSchema,
});

const count = z.int().min(0);
export const filmRecordSchema = z.object({
  fileName: z.string().min(1),
  codec: z.enum(['h264', 'vp9', 'av1']),
  bytes: count,
  width: count,
  height: count,
  fps: count,
  frames: count,
  latentFrames: count,
  tokens: count,
  seed: count,
  steps: count,
  attention: z.enum(attentionModes),
  framesSha256: z.string(),
  secondsByStage: z.object({
    load: z.number(),
    text: z.number(),
    denoise: z.number(),
    decode: z.number(),
    finish: z.number(),
  }),
  peakGpuBytes: count,
  adapter: z.object({
    vendor: z.string(),
    architecture: z.string(),
    description: z.string(),
    software: z.boolean(),
    precision: z.enum(['f32', 'f16']),
  }),
  storyboard: storyboardSchema,
  draft: z.boolean().optional(),
}) satisfies z.ZodType<FilmRecord>;

/** By id of a storyboard: its `updated` when this tab last put it on the page or wrote it. */
export type SeenVersions = Map<string, number>;

export const seenVersions: SeenVersions = new Map();

let lastSave: Promise<unknown> = Promise.resolve();

/**
 * Keeps the document as it stands now, in place of what was kept under its id. Where another tab has written that since
 * this one saw it, nothing is written and the answer is false. Throws `storage-full`, `storage-unavailable`.
 */
export function saveDocument(
  id: string,
  storyboard: Storyboard,
  seen: SeenVersions = seenVersions,
): Promise<boolean> {
  // One after the other: a save must know of the version that the one before it made.
  const saving = lastSave.then(() => withDatabase((database) => putDocument(database, id, storyboard, seen)));
  lastSave = saving.catch(() => undefined);
  return saving;
}

async function putDocument(
  database: IDBPDatabase<StudioSchema>,
  id: string,
  storyboard: Storyboard,
  seen: SeenVersions,
): Promise<boolean> {
  const { store, done } = database.transaction('documents', 'readwrite');
  const stored = await store.get(id);
  let updated = stored?.updated;
  if (updated === undefined || updated === seen.get(id)) {
    // Later than any other, also within a millisecond or after the clock was put back: it is what the studio opens with.
    const newest = (await store.index('updated').openKeyCursor(null, 'prev'))?.key;
    updated = Math.max(Date.now(), typeof newest === 'number' ? newest + 1 : 0);
    await store.put({ id, title: storyboard.title, updated, storyboard });
  } else if (!isSame(stored?.storyboard, storyboard)) {
    return false;
  }
  await done;
  seen.set(id, updated);
  return true;
}

/** Whether two storyboards say the same; the order of their fields does not count. */
function isSame(a: unknown, b: unknown): boolean {
  const [one, other] = [storyboardSchema.safeParse(a).data, storyboardSchema.safeParse(b).data];
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}

/** The document that was saved last. Never rejects: a page must open whatever its storage holds. */
export function loadDocument(): Promise<Loaded<StoredDocument>> {
  return load(
    storedDocumentSchema,
    async (database) =>
      (await database.transaction('documents').store.index('updated').openCursor(null, 'prev'))?.value,
    'The last storyboard could not be read, so a new one is open: to go on with the last one, open its .shotweave.json file or its film.',
  );
}

/** The document kept under an id. Never rejects. */
export function readDocument(id: string): Promise<Loaded<StoredDocument>> {
  return load(
    storedDocumentSchema,
    (database) => database.get('documents', id),
    'This storyboard could not be read: open its .shotweave.json file or its film instead.',
  );
}

/** What is known of a document's film on the stage. Never rejects. */
export function loadFilmRecord(documentId: string): Promise<Loaded<FilmRecord>> {
  return load(
    filmRecordSchema,
    (database) => database.get('films', documentId),
    'What was known of the last film could not be read: generate the film again to see its facts.',
  );
}

async function load<T>(
  schema: z.ZodType<T>,
  get: (database: IDBPDatabase<StudioSchema>) => Promise<unknown>,
  problem: string,
): Promise<Loaded<T>> {
  try {
    const stored = await withDatabase(get);
    if (stored === undefined) return { value: null, problem: null };
    return { value: schema.parse(stored), problem: null };
  } catch (cause) {
    return { value: null, problem: cause instanceof ShotweaveError ? cause.message : problem };
  }
}

/**
 * Opens the database for one piece of work. A connection kept for longer would hold up the upgrade of a newer studio
 * in another tab, and would have to be watched for its own end.
 */
export function withDatabase<T>(work: (database: IDBPDatabase<StudioSchema>) => Promise<T>): Promise<T> {
  return onStorage(async () => {
    const database = await openDB<StudioSchema>(databaseName, upgrades.length, {
      async upgrade(opened, from, _, transaction) {
        for (const step of upgrades.slice(from)) await step(opened, transaction);
      },
    });
    try {
      return await work(database);
    } finally {
      database.close();
    }
  });
}
