import { openDB } from 'idb';
import type { TuningCache } from '../engine/tuning/persist.ts';

const store = 'picks';

/** The kernels' variants that were picked for adapters, in a database beside the studio's: no work of the person's. */
export const tuningCache: TuningCache = {
  load: async (key) => (await open()).get(store, key),
  save: async (key, picks) => {
    await (await open()).put(store, picks, key);
  },
};

let database: ReturnType<typeof openDB> | null = null;

function open(): ReturnType<typeof openDB> {
  database ??= openDB('shotweave-kernels', 1, { upgrade: (db) => void db.createObjectStore(store) });
  // A database that could not be opened may open later.
  database.catch(() => {
    database = null;
  });
  return database;
}
