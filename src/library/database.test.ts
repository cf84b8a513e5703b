import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { openDB } from 'idb';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ShotweaveError } from '../lib/errors.ts';
import { loadDocument, loadFilmRecord, readDocument, saveDocument } from './database.ts';
import { filmResult as film, storyboardOf as storyboard } from './fixtures/records.ts';
import { saveFilmRecord } from './takes.ts';

/** Puts something into the studio's database behind its back. */
async function tamper(store: string, value: unknown, key?: string): Promise<void> {
  const database = await openDB('shotweave');
  await database.put(store, value, key);
  database.close();
}

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

describe('the working document', () => {
  it('is absent at first, which is no problem', async () => {
    expect(await loadDocument()).toEqual({ value: null, problem: null });
  });

  it('comes back as it was saved, unknown fields included', async () => {
    const before = Date.now();
    await saveDocument('d1', storyboard('The red sailboat'));
    const { value, problem } = await loadDocument();
    expect(problem).toBeNull();
    expect(value).toMatchObject({ id: 'd1', title: 'The red sailboat' });
    expect(value?.storyboard).toEqual(storyboard('The red sailboat'));
    expect(value?.updated).toBeGreaterThanOrEqual(before);
  });

  it('is replaced under its id', async () => {
    await saveDocument('d1', storyboard('First'));
    await saveDocument('d1', storyboard('Second'));
    expect((await loadDocument()).value?.title).toBe('Second');
    const database = await openDB('shotweave');
    expect(await database.count('documents')).toBe(1);
    database.close();
  });

  it('that another tab has written since is not overwritten', async () => {
    const [mine, theirs] = [new Map<string, number>(), new Map<string, number>()];
    expect(await saveDocument('d1', storyboard('Mine'), mine)).toBe(true);
    expect(await saveDocument('d1', storyboard('Theirs'), theirs)).toBe(false);
    expect((await loadDocument()).value?.title).toBe('Mine');

    for (const [id, updated] of mine) theirs.set(id, updated);
    expect(await saveDocument('d1', storyboard('Theirs'), theirs)).toBe(true);
    expect(await saveDocument('d1', storyboard('Mine again'), mine)).toBe(false);
    expect((await loadDocument()).value?.title).toBe('Theirs');
    // Who says the same overwrites nothing.
    expect(await saveDocument('d1', storyboard('Theirs'), mine)).toBe(true);
    expect(await saveDocument('d1', storyboard('Mine again'), mine)).toBe(true);
  });

  it('is saved by a tab again and again, at once too, as a later version each time', async () => {
    const saves = ['One', 'Two', 'Three'].map((title) => saveDocument('d1', storyboard(title)));
    expect(await Promise.all(saves)).toEqual([true, true, true]);
    const before = (await readDocument('d1')).value;
    expect(before?.title).toBe('Three');
    await saveDocument('d1', storyboard('Four'));
    expect((await readDocument('d1')).value?.updated).toBeGreaterThan(before?.updated ?? Number.NaN);
  });

  it('is the one that was saved last, also after the clock was put back', async () => {
    await saveDocument('d1', storyboard('First'));
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 3_600_000);
    await saveDocument('d2', storyboard('Second'));
    clock.mockRestore();
    expect((await loadDocument()).value?.title).toBe('Second');
  });

  it('is found by its id, whichever was saved last', async () => {
    await saveDocument('d1', storyboard('First'));
    await saveDocument('d2', storyboard('Second'));
    expect((await readDocument('d1')).value?.title).toBe('First');
    expect(await readDocument('d3')).toEqual({ value: null, problem: null });
  });

  it('is the one that was saved last, whatever its id', async () => {
    const old = { id: 'z', title: 'Old', updated: 1000, storyboard: storyboard('Old') };
    await saveDocument('a', storyboard('New'));
    await tamper('documents', old);
    expect((await loadDocument()).value?.id).toBe('a');
  });

  it.each([
    ['a storyboard without shots', { storyboard: { ...storyboard('x'), shots: [] } }],
    ['a storyboard of another version', { storyboard: { ...storyboard('x'), version: 2 } }],
    ['no storyboard', { storyboard: undefined }],
    ['a title that is no text', { title: 5 }],
  ])('falls back to nothing and says so for %s', async (_, fault) => {
    await saveDocument('d1', storyboard('Good'));
    const spoilt = {
      id: 'd2',
      title: 'Spoilt',
      updated: Date.now() + 1000,
      storyboard: storyboard('x'),
      ...fault,
    };
    await tamper('documents', spoilt);
    const { value, problem } = await loadDocument();
    expect(value).toBeNull();
    expect(problem).toContain('could not be read');
    // What could not be read stays where it is, and the studio works on.
    const database = await openDB('shotweave');
    expect(await database.get('documents', 'd2')).toEqual(spoilt);
    database.close();
  });
});

describe('the record of a film', () => {
  it('comes back without the kept frames', async () => {
    await saveFilmRecord('d1', film('sailboat.mp4'));
    const { keptFrames: _, ...record } = film('sailboat.mp4');
    expect(await loadFilmRecord('d1')).toEqual({ value: record, problem: null });
  });

  it('belongs to one document and is the last of it', async () => {
    await saveFilmRecord('d1', film('one.mp4'));
    await saveFilmRecord('d1', film('two.mp4'));
    await saveFilmRecord('d2', film('three.mp4'));
    expect((await loadFilmRecord('d1')).value?.fileName).toBe('two.mp4');
    expect((await loadFilmRecord('d2')).value?.fileName).toBe('three.mp4');
    expect(await loadFilmRecord('d3')).toEqual({ value: null, problem: null });
  });

  it('falls back to nothing and says so when it is spoilt', async () => {
    await saveFilmRecord('d1', film('one.mp4'));
    await tamper('films', { ...film('one.mp4'), frames: 'many' }, 'd1');
    const { value, problem } = await loadFilmRecord('d1');
    expect(value).toBeNull();
    expect(problem).toContain('could not be read');
  });
});

describe('the database', () => {
  it('keeps its contents over connections, and leaves none open', async () => {
    await saveDocument('d1', storyboard('Kept'));
    // An upgrade waits for every open connection.
    const newer = await openDB('shotweave', 99);
    expect(await newer.count('documents')).toBe(1);
    newer.close();
  });

  it('of a newer studio refuses to save with a sentence, and never stops a load', async () => {
    (await openDB('shotweave', 99)).close();
    const failure = await saveDocument('d1', storyboard('x')).catch((cause: unknown) => cause);
    expect(failure).toBeInstanceOf(ShotweaveError);
    expect(failure).toHaveProperty('code', 'storage-unavailable');
    const { value, problem } = await loadDocument();
    expect(value).toBeNull();
    expect(problem).toMatch(/reload/);
  });

  it('that cannot be opened never stops a load', async () => {
    globalThis.indexedDB = Object.assign(new IDBFactory(), {
      open: () => {
        throw new DOMException('The operation is insecure', 'SecurityError');
      },
    });
    expect(await loadDocument()).toMatchObject({
      value: null,
      problem: expect.stringMatching(/private browsing/),
    });
    expect(await loadFilmRecord('d1')).toMatchObject({ value: null, problem: expect.any(String) });
  });

  it('says when there is no room', async () => {
    globalThis.indexedDB = Object.assign(new IDBFactory(), {
      open: () => {
        throw new DOMException('Full', 'QuotaExceededError');
      },
    });
    await expect(saveDocument('d1', storyboard('x'))).rejects.toMatchObject({ code: 'storage-full' });
  });
});
