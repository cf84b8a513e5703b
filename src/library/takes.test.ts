import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { openDB } from 'idb';
import { beforeEach, describe, expect, it } from 'vitest';
import { loadFilmRecord, saveDocument } from './database.ts';
import { filmResult, storyboardOf } from './fixtures/records.ts';
import {
  listTakes,
  pinTake,
  putBackTake,
  removeOldTakes,
  removeTake,
  saveFilmRecord,
  saveTakeStill,
  showTake,
} from './takes.ts';

const names = async (documentId = 'd') => (await listTakes(documentId)).map(({ record }) => record.fileName);
const shown = async (documentId = 'd') => (await loadFilmRecord(documentId)).value?.fileName ?? null;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

/** Makes films of one storyboard, in order. */
async function make(...fileNames: string[]): Promise<void> {
  for (const fileName of fileNames) await saveFilmRecord('d', filmResult(fileName));
}

describe('takes', () => {
  it('are listed with what is known of them, the newest first', async () => {
    const before = Date.now();
    await make('one.mp4');
    await saveFilmRecord('d', filmResult('two.mp4'), 'a1');
    await saveFilmRecord('other', filmResult('three.mp4'));
    const [second, first] = await listTakes('d');
    const { keptFrames: _, ...record } = filmResult('two.mp4');
    expect(second).toMatchObject({
      number: 2,
      documentId: 'd',
      pinned: false,
      rerolled: 'a1',
      still: null,
      record,
    });
    expect(second?.made).toBeGreaterThanOrEqual(before);
    expect(first).toMatchObject({ number: 1, rerolled: null, record: { fileName: 'one.mp4' } });
    expect(await listTakes('nowhere')).toEqual([]);
    expect(await names('other')).toEqual(['three.mp4']);
  });

  it('are on the stage when they were just made, or when the person shows them', async () => {
    await make('one.mp4', 'two.mp4');
    expect(await shown()).toBe('two.mp4');
    expect((await showTake('one.mp4'))?.fileName).toBe('one.mp4');
    expect(await shown()).toBe('one.mp4');
    expect(await names()).toEqual(['two.mp4', 'one.mp4']);
    expect(await showTake('gone.mp4')).toBeNull();
    expect(await shown()).toBe('one.mp4');
  });

  it('get a picture and a pin', async () => {
    await make('one.mp4');
    await saveTakeStill('one.mp4', new Blob(['a picture']));
    await pinTake('one.mp4', true);
    await pinTake('gone.mp4', true);
    const [take] = await listTakes('d');
    expect(await take?.still?.text()).toBe('a picture');
    expect(take?.pinned).toBe(true);
    expect(await names()).toHaveLength(1);
  });

  it('that cannot be read are left out and left alone', async () => {
    await make('one.mp4');
    const database = await openDB('shotweave');
    await database.put('takes', { documentId: 'd', number: 'two' }, 'spoilt.mp4');
    expect(await names()).toEqual(['one.mp4']);
    expect(await database.get('takes', 'spoilt.mp4')).toMatchObject({ number: 'two' });
    database.close();
  });
});

describe('a removed take', () => {
  it('gives the stage to the newest of the others, and gets it back', async () => {
    await make('one.mp4', 'two.mp4', 'three.mp4');
    const before = await listTakes('d');
    const removed = await removeTake('three.mp4');
    expect(await names()).toEqual(['two.mp4', 'one.mp4']);
    expect(await shown()).toBe('two.mp4');
    if (removed) await putBackTake(removed);
    expect(await listTakes('d')).toEqual(before);
    expect(await shown()).toBe('three.mp4');
  });

  it('leaves the stage as it is when it was not there', async () => {
    await make('one.mp4', 'two.mp4');
    const removed = await removeTake('one.mp4');
    expect(await shown()).toBe('two.mp4');
    if (removed) await putBackTake(removed);
    expect(await shown()).toBe('two.mp4');
    expect(await names()).toEqual(['two.mp4', 'one.mp4']);
  });

  it('leaves no film where it was the only one', async () => {
    await make('one.mp4');
    await removeTake('one.mp4');
    expect(await shown()).toBeNull();
    expect(await removeTake('one.mp4')).toBeNull();
  });

  it('does not give its number to the next', async () => {
    await make('one.mp4', 'two.mp4', 'three.mp4');
    await removeTake('two.mp4');
    await make('four.mp4');
    expect((await listTakes('d')).map(({ number }) => number)).toEqual([4, 3, 1]);
  });
});

describe('making room', () => {
  it('takes the oldest that are neither pinned nor on the stage', async () => {
    await make('1.mp4', '2.mp4', '3.mp4', '4.mp4', '5.mp4');
    await pinTake('1.mp4', true);
    await showTake('2.mp4');
    await saveFilmRecord('other', filmResult('other.mp4'));
    const gone = await removeOldTakes('d', 2);
    expect(gone.map(({ record }) => record.fileName)).toEqual(['3.mp4']);
    expect(await names()).toEqual(['5.mp4', '4.mp4', '2.mp4', '1.mp4']);
    expect(await names('other')).toEqual(['other.mp4']);
    expect(await removeOldTakes('d', 3)).toEqual([]);
  });

  it('keeps twelve without being told how many', async () => {
    await make(...Array.from({ length: 14 }, (_, i) => `${i + 1}.mp4`));
    expect((await removeOldTakes('d')).map(({ number }) => number)).toEqual([1, 2]);
    expect(await names()).toHaveLength(12);
  });
});

describe('a database from before there were takes', () => {
  it('has the film of every storyboard as its first take', async () => {
    const { keptFrames: _, ...record } = filmResult('old.mp4');
    const second = await openDB('shotweave', 2, {
      upgrade(database) {
        database.createObjectStore('documents', { keyPath: 'id' }).createIndex('updated', 'updated');
        database.createObjectStore('films');
        database.createObjectStore('stills');
      },
    });
    const storyboard = storyboardOf('Old');
    await second.put('documents', { id: 'd', title: 'Old', updated: 1234, storyboard });
    await second.put('films', record, 'd');
    await second.put('films', { ...record, fileName: 'bare.mp4' }, 'bare');
    await second.put('films', { frames: 'many' }, 'spoilt');
    await second.put('stills', new Blob(['a picture']), 'd');
    second.close();

    const [take, ...others] = await listTakes('d');
    expect(others).toEqual([]);
    expect(take).toMatchObject({ number: 1, made: 1234, pinned: false, rerolled: null, record });
    expect(await take?.still?.text()).toBe('a picture');
    expect(await names('bare')).toEqual(['bare.mp4']);
    expect(await shown()).toBe('old.mp4');
    await saveDocument('d', storyboard);
    await make('new.mp4');
    expect(await names()).toEqual(['new.mp4', 'old.mp4']);
  });
});
