import type { Page } from '@playwright/test';
import type { FilmRecord, StoredTake } from '../src/library/database.ts';

/** What the browser keeps of the films of all storyboards. */
export interface KeptTakes {
  /** The newest first. */
  takes: Omit<StoredTake, 'still'>[];
  /** File names of the films that are on the stage, one a storyboard. */
  shown: string[];
  /** Names of the files in every folder of the private file system. */
  files: Record<string, string[]>;
}

/** Reads the database and the private file system behind the page's back. */
export function takesOnDisk(page: Page): Promise<KeptTakes> {
  return page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open('shotweave');
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    const [takes, films] = await Promise.all(
      ['takes', 'films'].map(
        (store) =>
          new Promise<unknown[]>((resolve, reject) => {
            const reading = database.transaction(store).objectStore(store).getAll();
            reading.onsuccess = () => resolve(reading.result);
            reading.onerror = () => reject(reading.error);
          }),
      ),
    );
    database.close();
    const files: Record<string, string[]> = {};
    for await (const [name, folder] of (await navigator.storage.getDirectory()).entries()) {
      if (folder.kind !== 'directory') continue;
      const names: string[] = [];
      for await (const file of (folder as FileSystemDirectoryHandle).keys()) names.push(file);
      files[name] = names.sort();
    }
    return {
      takes: (takes as StoredTake[]).map(({ still: _, ...take }) => take).sort((a, b) => b.number - a.number),
      shown: (films as FilmRecord[]).map(({ fileName }) => fileName),
      files,
    };
  });
}

/** Puts copies of a storyboard's only take beside it, with a film of one byte each, numbered on from it. */
export function copyTake(page: Page, copies: number): Promise<void> {
  return page.evaluate(async (count) => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open('shotweave');
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    const store = database.transaction('takes', 'readwrite').objectStore('takes');
    const take = await new Promise<StoredTake>((resolve, reject) => {
      const reading = store.getAll();
      reading.onsuccess = () => resolve(reading.result[0]);
      reading.onerror = () => reject(reading.error);
    });
    const names = Array.from({ length: count }, (_, i) => `copy-${i}.mp4`);
    for (const [i, fileName] of names.entries()) {
      store.put({ ...take, number: take.number + i + 1, record: { ...take.record, fileName } }, fileName);
    }
    await new Promise((resolve) => {
      store.transaction.oncomplete = resolve;
    });
    database.close();
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('films');
    for (const name of names) {
      const stream = await (await folder.getFileHandle(name, { create: true })).createWritable();
      await stream.write('x');
      await stream.close();
    }
  }, copies);
}
