import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { loadDocument, loadFilmRecord, saveDocument, seenVersions } from '../library/database.ts';
import { filmResult, storyboardOf } from '../library/fixtures/records.ts';
import { saveFilmRecord } from '../library/takes.ts';
import { type Autosave, autosave, type KeptDocument } from '../storyboard/autosave.ts';
import { createStoryboardStore, type StoryboardStore } from '../storyboard/store.ts';
import { writing } from '../storyboard/writing.ts';
import type { GenerationState, Job } from './generation.ts';
import { nothingYet } from './generationState.ts';
import { createLibrary, type Library } from './library.ts';
import { dismissNotice, notices, takeOffer } from './notices.ts';

let store: StoryboardStore;
let saving: Autosave;
let library: Library;
let generation: GenerationState;
/** Names of the films on disk. */
let disk: Set<string>;
let dropped: string[];
/** Storyboards that other tabs were told of. */
let told: string[];

const projects = () => library.state.getState().shown?.projects ?? [];
const titles = () => projects().map(({ title }) => title);
const films = () => (library.state.getState().shown?.films ?? []).map(({ fileName }) => fileName);
const notice = () => notices.getState().shown.at(-1);

function project(title: string) {
  const found = projects().find((candidate) => candidate.title === title);
  if (!found) throw new Error(`No project “${title}”`);
  return found;
}

afterEach(async () => {
  // An edit that is saved later would reach the next test's database.
  await saving.flush();
  saving.stop();
  vi.restoreAllMocks();
});

beforeEach(async () => {
  // Storyboards are listed by their times, and a test saves several in a millisecond.
  let now = 1_000_000;
  vi.spyOn(Date, 'now').mockImplementation(() => {
    now += 1000;
    return now;
  });
  globalThis.indexedDB = new IDBFactory();
  notices.setState({ shown: [] });
  await saveDocument('a', storyboardOf('First'));
  await saveFilmRecord('a', filmResult('first.mp4'));
  await saveDocument('b', storyboardOf('Second'));
  disk = new Set(['first.mp4', 'stray.mp4']);
  dropped = [];
  told = [];
  generation = { ...nothingYet };

  store = createStoryboardStore(storyboardOf('x'));
  store.actions.restore('b', storyboardOf('Second'));
  const slot = { write: () => undefined, clear: () => undefined };
  saving = autosave(store, save, slot, new EventTarget());
  const state = createStore<GenerationState>()(() => generation);
  library = createLibrary({
    storyboard: store,
    saving,
    tabs: { tell: (id) => told.push(id) },
    generation: { state, drop: (fileName) => dropped.push(fileName) },
    files: {
      listFilms: async () => [...disk].map((fileName) => ({ fileName, bytes: 10, modified: 0 })),
      deleteFilm: async (fileName) => void disk.delete(fileName),
    },
    restage: async () => undefined,
  });
  await library.refresh();
});

/** Fails where a save would have overwritten what this tab has not seen. */
async function save(kept: KeptDocument): Promise<KeptDocument> {
  if (!(await saveDocument(kept.documentId, kept.document))) throw new Error('Another tab was faster');
  return kept;
}

/** Lets what a notice set off come to its end. */
async function settle(holds: () => boolean): Promise<void> {
  await expect.poll(holds).toBe(true);
}

describe('the library', () => {
  it('opens a kept storyboard under its id, and undo brings the other back', async () => {
    store.actions.editFilm({ title: 'Second, edited' });
    await library.open('a');
    expect(store.getState()).toMatchObject({ documentId: 'a', document: { title: 'First' } });
    expect(titles()).toEqual(['First', 'Second, edited']);
    store.actions.undo();
    expect(store.getState()).toMatchObject({ documentId: 'b', document: { title: 'Second, edited' } });
  });

  it('opens a new storyboard and keeps the old one', async () => {
    await library.openNew();
    expect(store.getState().document).toMatchObject({ title: '', shots: [{ prompt: '' }] });
    expect(writing.getState().shotId).toBe(store.getState().document.shots[0]?.id);
    expect(titles()).toEqual(['', 'Second', 'First']);
  });

  it('renames the open storyboard as an edit and another one in its place', async () => {
    await library.rename('b', 'Renamed');
    expect(store.getState().document.title).toBe('Renamed');
    await library.rename('a', 'Other');
    expect(titles()).toEqual(['Renamed', 'Other']);
    expect(told).toEqual(['a']);
  });

  it('goes on with a storyboard that another tab has written, from how it reads now', async () => {
    await saveDocument('a', storyboardOf('First, by another tab'), new Map(seenVersions));
    await library.open('a');
    store.actions.editFilm({ title: 'First, by both' });
    await saving.flush();
    expect(saving.state.getState().status).toBe('saved');
    await library.refresh();
    expect(titles()).toContain('First, by both');
  });

  it('duplicates with the last edits', async () => {
    store.actions.editFilm({ title: 'Fresh' });
    await library.duplicate('b');
    expect(titles()).toEqual(['Fresh', 'Fresh (copy)', 'First']);
  });

  it('says so when a storyboard is gone', async () => {
    await library.open('nowhere');
    expect(notice()).toMatchObject({ kind: 'error', sentence: expect.stringMatching(/gone/) });
    expect(store.getState().documentId).toBe('b');
  });
});

describe('deleting a storyboard', () => {
  it('takes its film from the list at once and from the disk when the offer lapses', async () => {
    await library.deleteProject(project('First'));
    expect(titles()).toEqual(['Second']);
    expect(films()).toEqual(['stray.mp4']);
    expect(dropped).toEqual(['first.mp4']);
    expect(disk).toContain('first.mp4');
    dismissNotice(notice()?.id ?? 0);
    await settle(() => !disk.has('first.mp4'));
  });

  it('takes every take of it, and brings all of them back', async () => {
    await saveFilmRecord('a', filmResult('second.mp4'));
    disk.add('second.mp4');
    await library.deleteProject(project('First'));
    expect(films()).toEqual(['stray.mp4']);
    takeOffer(notice()?.id ?? 0);
    await settle(() => films().length === 3);
    expect((await loadFilmRecord('a')).value?.fileName).toBe('second.mp4');
    await library.deleteProject(project('First'));
    dismissNotice(notice()?.id ?? 0);
    await settle(() => disk.size === 1);
    expect([...disk]).toEqual(['stray.mp4']);
  });

  it('is undone with its film', async () => {
    await library.deleteProject(project('First'));
    takeOffer(notice()?.id ?? 0);
    await settle(() => titles().includes('First'));
    expect(films()).toEqual(['first.mp4', 'stray.mp4']);
    expect((await loadFilmRecord('a')).value?.fileName).toBe('first.mp4');
    expect(disk).toContain('first.mp4');
  });

  it('opens the next one when it was open, and does not come back by itself', async () => {
    store.actions.editFilm({ title: 'Edited' });
    await library.refresh();
    await library.deleteProject(project('Edited'));
    expect(store.getState().documentId).toBe('a');
    await saving.flush();
    await library.refresh();
    expect(titles()).toEqual(['First']);
    takeOffer(notice()?.id ?? 0);
    await settle(() => store.getState().documentId === 'b');
    expect(store.getState().document.title).toBe('Edited');
  });

  it('brings its films back when the undo of what was opened in its place brings it back', async () => {
    await library.open('a');
    await library.deleteProject(project('First'));
    expect(store.getState().documentId).toBe('b');
    store.actions.undo();
    expect(store.getState().documentId).toBe('a');
    await settle(() => films().includes('first.mp4'));
    expect(notices.getState().shown).toEqual([]);
    await saving.flush();
    await library.refresh();
    expect(titles()).toContain('First');
    expect((await loadFilmRecord('a')).value?.fileName).toBe('first.mp4');
    expect(disk).toContain('first.mp4');
    expect(saving.state.getState().status).toBe('saved');
  });

  it('keeps its films where another tab has kept the storyboard', async () => {
    await library.deleteProject(project('First'));
    await saveDocument('a', storyboardOf('First, edited on'));
    dismissNotice(notice()?.id ?? 0);
    await settle(() => films().includes('first.mp4'));
    expect(titles()).toContain('First, edited on');
    expect(store.getState().documentId).toBe('b');
    expect(disk).toContain('first.mp4');
  });

  it('leaves an empty storyboard where it was the last', async () => {
    await library.deleteProject(project('First'));
    await library.deleteProject(project('Second'));
    expect(store.getState().document.shots).toMatchObject([{ prompt: '' }]);
    expect((await loadDocument()).value?.id).toBe(store.getState().documentId);
  });

  it('is refused while its film is being made', async () => {
    generation.job = { documentId: 'a', title: 'First' } as Job;
    await library.deleteProject(project('First'));
    expect(notice()).toMatchObject({
      kind: 'error',
      sentence: expect.stringMatching(/“First” is being made/),
    });
    await library.refresh();
    expect(titles()).toContain('First');
    // So is its last film, which locked shots are kept from.
    const last = library.state.getState().shown?.films.find(({ documentId }) => documentId === 'a');
    dismissNotice(notice()?.id ?? 0);
    if (last) await library.deleteFilm(last);
    expect(notice()).toMatchObject({ kind: 'error', sentence: expect.stringMatching(/is being made/) });
    await library.refresh();
    expect(films()).toContain('first.mp4');
  });
});

describe('deleting a film', () => {
  const film = (fileName: string) => {
    const found = library.state.getState().shown?.films.find((candidate) => candidate.fileName === fileName);
    if (!found) throw new Error(`No film ${fileName}`);
    return found;
  };

  it('keeps its storyboard, and is undone', async () => {
    await library.deleteFilm(film('first.mp4'));
    expect(films()).toEqual(['stray.mp4']);
    expect(titles()).toContain('First');
    expect((await loadFilmRecord('a')).value).toBeNull();
    takeOffer(notice()?.id ?? 0);
    await settle(() => films().includes('first.mp4'));
    expect((await loadFilmRecord('a')).value?.fileName).toBe('first.mp4');
  });

  it('leaves the other takes, and the newest of them is on the stage', async () => {
    await saveFilmRecord('a', filmResult('second.mp4'));
    disk.add('second.mp4');
    await library.refresh();
    await library.deleteFilm(film('second.mp4'));
    expect(notice()?.sentence).toBe('Deleted take 2 of “Film”; its storyboard stays.');
    expect((await loadFilmRecord('a')).value?.fileName).toBe('first.mp4');
    takeOffer(notice()?.id ?? 0);
    await settle(() => films().includes('second.mp4'));
    expect((await loadFilmRecord('a')).value?.fileName).toBe('second.mp4');
  });

  it('frees the disk of a film that nobody knows', async () => {
    await library.deleteFilm(film('stray.mp4'));
    dismissNotice(notice()?.id ?? 0);
    await settle(() => !disk.has('stray.mp4'));
    expect(films()).toEqual(['first.mp4']);
  });
});
