import type { IDBPDatabase, IDBPTransaction } from 'idb';
import { z } from 'zod';
import type { FilmResult } from '../render/protocol.ts';
import {
  type FilmRecord,
  filmRecordSchema,
  type StoredTake,
  type StudioSchema,
  withDatabase,
} from './database.ts';

/** A take taken out of the database, to be put back. */
export interface RemovedTake {
  take: StoredTake;
  /** It was its storyboard's film on the stage. */
  wasShown: boolean;
}

/** Takes of a storyboard that are kept without being pinned, the one on the stage among them. */
export const mostUnpinned = 12;

const takeSchema = z.object({
  documentId: z.string().min(1),
  number: z.int().min(1),
  made: z.number(),
  pinned: z.boolean(),
  rerolled: z.string().nullable(),
  record: filmRecordSchema,
  still: z.instanceof(Blob).nullable().catch(null),
}) satisfies z.ZodType<StoredTake>;

type Writing = IDBPTransaction<StudioSchema, ('films' | 'takes')[], 'readwrite'>;

/**
 * Keeps a film that was just made as a take of its storyboard, and makes it the storyboard's film on the stage.
 * `rerolled` is the id of the shot that alone was made anew. Throws `storage-full`, `storage-unavailable`.
 */
export async function saveFilmRecord(
  documentId: string,
  film: FilmResult,
  rerolled: string | null = null,
): Promise<void> {
  const { keptFrames: _, ...record } = film;
  await write(async (transaction) => {
    const takes = transaction.objectStore('takes');
    const others = await takes.index('document').getAll(documentId);
    const number = Math.max(0, ...others.map((take) => take.number)) + 1;
    const take = { documentId, number, made: Date.now(), pinned: false, rerolled, record, still: null };
    await Promise.all([
      takes.put(take, record.fileName),
      transaction.objectStore('films').put(record, documentId),
    ]);
  });
}

/** Every take of a storyboard that can be read, the newest first. Throws `storage-unavailable`. */
export async function listTakes(documentId: string): Promise<StoredTake[]> {
  const stored = await withDatabase((database) => database.getAllFromIndex('takes', 'document', documentId));
  return readable(stored).sort((a, b) => b.number - a.number);
}

/** Every take of every storyboard that can be read. Throws `storage-unavailable`. */
export async function listAllTakes(): Promise<StoredTake[]> {
  return readable(await withDatabase((database) => database.getAll('takes')));
}

/** Pins a take, or lets it go with the others when room is made. Throws `storage-full`, `storage-unavailable`. */
export function pinTake(fileName: string, pinned: boolean): Promise<void> {
  return change(fileName, (take) => ({ ...take, pinned }));
}

/** Keeps the picture that stands for a take. Throws `storage-full`, `storage-unavailable`. */
export function saveTakeStill(fileName: string, still: Blob): Promise<void> {
  return change(fileName, (take) => ({ ...take, still }));
}

/** Makes a take its storyboard's film on the stage; null when it is gone. Throws `storage-unavailable`. */
export function showTake(fileName: string): Promise<FilmRecord | null> {
  return write(async (transaction) => {
    const take = await transaction.objectStore('takes').get(fileName);
    if (!take) return null;
    await transaction.objectStore('films').put(take.record, take.documentId);
    return take.record;
  });
}

/**
 * Takes a take out of the database; its files stay. Where it was on the stage, the newest of the others is from now
 * on. null when it is gone. Throws `storage-unavailable`.
 */
export function removeTake(fileName: string): Promise<RemovedTake | null> {
  return write(async (transaction) => {
    const takes = transaction.objectStore('takes');
    const films = transaction.objectStore('films');
    const take = await takes.get(fileName);
    if (!take) return null;
    await takes.delete(fileName);
    const wasShown = (await films.get(take.documentId))?.fileName === fileName;
    if (wasShown) {
      const [next] = readable(await takes.index('document').getAll(take.documentId)).sort(
        (a, b) => b.number - a.number,
      );
      if (next) await films.put(next.record, take.documentId);
      else await films.delete(take.documentId);
    }
    return { take, wasShown };
  });
}

/** Undoes removeTake, or adds a take that came with a project. Throws `storage-full`, `storage-unavailable`. */
export async function putBackTake({ take, wasShown }: RemovedTake): Promise<void> {
  await write(async (transaction) => {
    await transaction.objectStore('takes').put(take, take.record.fileName);
    if (wasShown) await transaction.objectStore('films').put(take.record, take.documentId);
  });
}

/**
 * Takes the oldest takes of a storyboard out of the database until `most` are left that are not pinned, and returns
 * them; their files stay. The one on the stage is never among them. Throws `storage-unavailable`.
 */
export function removeOldTakes(documentId: string, most: number = mostUnpinned): Promise<StoredTake[]> {
  return write(async (transaction) => {
    const takes = transaction.objectStore('takes');
    const shown = (await transaction.objectStore('films').get(documentId))?.fileName;
    const unpinned = (await takes.index('document').getAll(documentId))
      .filter((take) => !take.pinned)
      .sort((a, b) => a.number - b.number);
    const old = unpinned
      .slice(0, Math.max(0, unpinned.length - most))
      .filter(({ record }) => record.fileName !== shown);
    await Promise.all(old.map(({ record }) => takes.delete(record.fileName)));
    return old;
  });
}

function change(fileName: string, edit: (take: StoredTake) => StoredTake): Promise<void> {
  return write(async (transaction) => {
    const takes = transaction.objectStore('takes');
    const take = await takes.get(fileName);
    if (take) await takes.put(edit(take), fileName);
  });
}

/** Everything or nothing of the work is done, also where another tab is at it. */
function write<T>(work: (transaction: Writing) => Promise<T>): Promise<T> {
  return withDatabase(async (database: IDBPDatabase<StudioSchema>) => {
    const transaction = database.transaction(['films', 'takes'], 'readwrite');
    const [value] = await Promise.all([work(transaction), transaction.done]);
    return value;
  });
}

function readable(stored: readonly unknown[]): StoredTake[] {
  return stored.flatMap((take) => takeSchema.safeParse(take).data ?? []);
}
