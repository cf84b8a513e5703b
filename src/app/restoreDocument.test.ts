import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { readDocument, saveDocument, seenVersions } from '../library/database.ts';
import { storyboardOf } from '../library/fixtures/records.ts';
import { listProjects } from '../library/projects.ts';
import { memoryJournal } from '../storyboard/fixtures/memoryJournal.ts';
import { createStoryboardStore, type StoryboardStore } from '../storyboard/store.ts';
import { type OpenJournal, readUnsaved, unsavedSlot } from '../storyboard/unsaved.ts';
import { notices } from './notices.ts';
import { createOtherTabs } from './otherTabs.ts';
import { restoreDocument } from './restoreDocument.ts';

const channel = new BroadcastChannel('restoring');
afterAll(() => channel.close());

let store: StoryboardStore;
let journal: OpenJournal;

const restore = () => restoreDocument(store, journal, createOtherTabs(channel));
const titles = async () => (await listProjects()).map(({ title }) => title).sort();

/** What a tab that saw `versions` last leaves unsaved. */
function leave(
  documentId: string,
  title: string,
  versions: ReadonlyMap<string, number> = seenVersions,
): void {
  unsavedSlot(journal, title, versions).write({ documentId, document: storyboardOf(title) });
}

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  seenVersions.clear();
  notices.setState({ shown: [] });
  store = createStoryboardStore(storyboardOf('New'));
  journal = memoryJournal();
});

describe('after a reload', () => {
  it('there is nothing to restore on a first visit', async () => {
    expect(await restore()).toEqual({ found: false, slot: null });
    expect(store.getState().document.title).toBe('New');
  });

  it('the storyboard that was saved last is open, and can be saved again', async () => {
    await saveDocument('a', storyboardOf('First'));
    seenVersions.clear();
    expect(await restore()).toEqual({ found: true, slot: null });
    expect(store.getState()).toMatchObject({ documentId: 'a', document: { title: 'First' } });
    expect(await saveDocument('a', storyboardOf('First, edited'))).toBe(true);
  });

  it('what every tab left unsaved is saved', async () => {
    await saveDocument('a', storyboardOf('First'));
    leave('a', 'First, edited');
    leave('b', 'Second');
    expect(await restore()).toEqual({ found: true, slot: null });
    expect(await titles()).toEqual(['First, edited', 'Second']);
    expect(readUnsaved(journal)).toEqual([]);
    expect(notices.getState().shown).toEqual([]);
  });

  it('what was left unsaved does not overwrite what another tab has saved since', async () => {
    await saveDocument('a', storyboardOf('First'));
    leave('a', 'First, edited', new Map(seenVersions));
    await saveDocument('a', storyboardOf('First, by another tab'));
    await restore();
    expect((await readDocument('a')).value?.title).toBe('First, by another tab');
    expect(store.getState().document.title).toBe('First, edited (from another tab)');
    expect(notices.getState().shown).toMatchObject([{ sentence: expect.stringMatching(/Another tab/) }]);
    expect(readUnsaved(journal)).toEqual([]);
  });

  it('what had come to be saved after all is not kept twice', async () => {
    await saveDocument('a', storyboardOf('First'));
    leave('a', 'First, edited', new Map(seenVersions));
    await saveDocument('a', storyboardOf('First, edited'));
    await restore();
    expect(await titles()).toEqual(['First, edited']);
    expect(notices.getState().shown).toEqual([]);
  });

  it('what can still not be saved is on the page and stays in its slot', async () => {
    leave('a', 'First, edited', new Map([['a', 5]]));
    globalThis.indexedDB = Object.assign(new IDBFactory(), {
      open: () => {
        throw new DOMException('Full', 'QuotaExceededError');
      },
    });
    expect(await restore()).toEqual({ found: true, slot: 'First, edited' });
    expect(store.getState()).toMatchObject({ documentId: 'a', document: { title: 'First, edited' } });
    expect(seenVersions.get('a')).toBe(5);
    expect(readUnsaved(journal)).toHaveLength(1);
    expect(notices.getState().shown).toHaveLength(1);
  });
});
