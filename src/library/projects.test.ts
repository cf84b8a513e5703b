import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { openDB } from 'idb';
import { beforeEach, describe, expect, it } from 'vitest';
import { storyboardSchema } from '../storyboard/document.ts';
import { loadDocument, loadFilmRecord, readDocument, saveDocument, seenVersions } from './database.ts';
import { filmResult, storyboardOf } from './fixtures/records.ts';
import {
  duplicateProject,
  hasProject,
  listProjects,
  putBackProject,
  removeProject,
  renameProject,
  saveApart,
  saveStill,
  withOwners,
} from './projects.ts';
import { listTakes, saveFilmRecord } from './takes.ts';

const still = new Blob(['a picture'], { type: 'image/webp' });
const titles = async () => (await listProjects()).map(({ title }) => title);

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  await saveDocument('a', storyboardOf('First'));
  await later();
  await saveDocument('b', storyboardOf('Second'));
  await saveStill('a', still);
  await saveFilmRecord('a', filmResult('first.mp4'));
});

/** Waits for the clock to move on: what is saved then is newer. */
async function later(): Promise<void> {
  const now = Date.now();
  while (Date.now() <= now + 2) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe('projects', () => {
  it('are listed with their stills, the last edited first', async () => {
    const projects = await listProjects();
    expect(projects.map(({ id, title }) => [id, title])).toEqual([
      ['b', 'Second'],
      ['a', 'First'],
    ]);
    expect(projects[0]?.still).toBeNull();
    expect(await projects[1]?.still?.text()).toBe('a picture');
  });

  it('that cannot be read are left out and left alone', async () => {
    const database = await openDB('shotweave');
    await database.put('documents', { id: 'c', title: 'Spoilt', updated: Date.now(), storyboard: {} });
    expect(await titles()).toEqual(['Second', 'First']);
    expect(await database.get('documents', 'c')).toMatchObject({ title: 'Spoilt' });
    database.close();
  });

  it('are renamed inside and out, and stay in their place', async () => {
    await renameProject('a', 'Renamed');
    expect(await titles()).toEqual(['Second', 'Renamed']);
    expect((await listProjects())[1]?.storyboard.title).toBe('Renamed');
    await renameProject('nowhere', 'x');
    expect(await titles()).toEqual(['Second', 'Renamed']);
  });

  it('are copied with their still beside the original, which stays the last edited', async () => {
    const id = await duplicateProject('b');
    expect(id).not.toBeNull();
    expect((await loadDocument()).value?.id).toBe('b');
    const copyOfFirst = await duplicateProject('a');
    const copy = (await listProjects()).find((project) => project.id === copyOfFirst);
    expect(copy).toMatchObject({ title: 'First (copy)', storyboard: { title: 'First (copy)' } });
    expect(await copy?.still?.text()).toBe('a picture');
    expect(copy?.storyboard.shots).toEqual(storyboardOf('First').shots);
    expect((await loadFilmRecord(copyOfFirst ?? '')).value).toBeNull();
    expect(await duplicateProject('nowhere')).toBeNull();
  });

  it('are copied under a title that a storyboard may have, however long the original is', async () => {
    await saveDocument('long', storyboardOf('x'.repeat(200)));
    const id = await duplicateProject('long');
    const copy = (await listProjects()).find((project) => project.id === id);
    expect(storyboardSchema.safeParse(copy?.storyboard).success).toBe(true);
  });

  it('go with what belongs to them, and all of it comes back', async () => {
    await saveFilmRecord('a', filmResult('second.mp4'));
    const before = await listProjects();
    const removed = await removeProject('a');
    expect(await titles()).toEqual(['Second']);
    expect((await loadFilmRecord('a')).value).toBeNull();
    expect(removed.film?.fileName).toBe('second.mp4');
    expect(await listTakes('a')).toEqual([]);
    await putBackProject(removed);
    expect((await listTakes('a')).map(({ record }) => record.fileName)).toEqual(['second.mp4', 'first.mp4']);
    expect(await listProjects()).toEqual(before);
    expect((await loadFilmRecord('a')).value?.fileName).toBe('second.mp4');
  });

  it('are not overwritten with what was removed, when they have been kept again since', async () => {
    const removed = await removeProject('a');
    expect(await hasProject('a')).toBe(false);
    await saveDocument('a', storyboardOf('First, edited on'));
    expect(await hasProject('a')).toBe(true);
    await putBackProject(removed);
    expect((await readDocument('a')).value?.title).toBe('First, edited on');
    expect((await listTakes('a')).map(({ record }) => record.fileName)).toEqual(['first.mp4']);
    expect((await loadFilmRecord('a')).value?.fileName).toBe('first.mp4');
  });

  it('renamed here are not foreign to this tab, but are to others', async () => {
    const theirs = new Map(seenVersions);
    await renameProject('a', 'Renamed');
    expect(await saveDocument('a', storyboardOf('First, by others'), theirs)).toBe(false);
    expect(await saveDocument('a', storyboardOf('First, edited on'))).toBe(true);
  });

  it('that two tabs have written are kept apart under a title that says so', async () => {
    const { documentId, document } = await saveApart(storyboardOf('First'));
    expect(document.title).toBe('First (from another tab)');
    expect((await readDocument(documentId)).value?.storyboard).toEqual(document);
    expect((await saveApart(storyboardOf(''))).document.title).toBe('Untitled film (from another tab)');
  });

  it('that are not there are removed and put back as nothing', async () => {
    await putBackProject(await removeProject('nowhere'));
    expect(await titles()).toEqual(['Second', 'First']);
  });
});

describe('the record of a film', () => {
  it('names the storyboard of a film, and none for a film that nobody knows', async () => {
    const films = ['first.mp4', 'stray.mp4'].map((fileName) => ({ fileName, bytes: 1, modified: 2 }));
    expect(await withOwners(films)).toEqual([
      { fileName: 'first.mp4', bytes: 1, modified: 2, title: 'Film', documentId: 'a', take: 1 },
      { fileName: 'stray.mp4', bytes: 1, modified: 2, title: null, documentId: null, take: null },
    ]);
  });
});

describe('a database of the first version', () => {
  it('gets its place for stills and keeps what it has', async () => {
    globalThis.indexedDB = new IDBFactory();
    const first = await openDB('shotweave', 1, {
      upgrade(database) {
        database.createObjectStore('documents', { keyPath: 'id' }).createIndex('updated', 'updated');
        database.createObjectStore('films');
      },
    });
    await first.put('documents', { id: 'old', title: 'Old', updated: 1, storyboard: storyboardOf('Old') });
    first.close();
    await saveStill('old', still);
    expect(await titles()).toEqual(['Old']);
  });
});
