import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDocument, type SeenVersions, saveDocument } from '../library/database.ts';
import { storyboardOf } from '../library/fixtures/records.ts';
import { listProjects } from '../library/projects.ts';
import { type Autosave, autosave } from '../storyboard/autosave.ts';
import { createStoryboardStore, type StoryboardStore } from '../storyboard/store.ts';
import { notices } from './notices.ts';
import { createOtherTabs } from './otherTabs.ts';

interface Tab {
  store: StoryboardStore;
  saving: Autosave;
  channel: BroadcastChannel;
}

let first: Tab;
let second: Tab;
/** Rises in every test, which tells its tabs from those of others. */
let test = 0;

/** A tab that has opened the storyboard as the library has it. */
async function openTab(): Promise<Tab> {
  const { value } = await readDocument('a');
  if (!value) throw new Error('The library is empty');
  const seen: SeenVersions = new Map([['a', value.updated]]);
  const store = createStoryboardStore(storyboardOf('x'));
  store.actions.restore('a', value.storyboard);
  const channel = new BroadcastChannel(`tabs ${test}`);
  const tabs = createOtherTabs(channel, seen);
  const slot = { write: () => undefined, clear: () => undefined };
  const saving = autosave(store, tabs.saveOrPart, slot, new EventTarget());
  tabs.follow(saving);
  return { store, saving, channel };
}

const title = ({ store }: Tab) => store.getState().document.title;
const kept = async () => (await listProjects()).map((project) => project.title).sort();

beforeEach(async () => {
  test += 1;
  globalThis.indexedDB = new IDBFactory();
  notices.setState({ shown: [] });
  await saveDocument('a', storyboardOf('Film'), new Map());
  first = await openTab();
  second = await openTab();
});

afterEach(() => {
  for (const { saving, channel } of [first, second]) {
    saving.stop();
    channel.close();
  }
});

describe('two tabs with the same storyboard', () => {
  it('take turns: each goes on from what the other has saved', async () => {
    first.store.actions.editFilm({ title: 'Film 1' });
    await first.saving.flush();
    await expect.poll(() => title(second)).toBe('Film 1');
    second.store.actions.editFilm({ title: 'Film 12' });
    await second.saving.flush();
    await expect.poll(() => title(first)).toBe('Film 12');
    first.store.actions.editFilm({ title: 'Film 123' });
    await first.saving.flush();
    expect(await kept()).toEqual(['Film 123']);
    expect(notices.getState().shown).toEqual([]);
  });

  it('lose nothing when both are edited at once: the later one goes on with a storyboard of its own', async () => {
    first.store.actions.editFilm({ title: 'Mine' });
    second.store.actions.editFilm({ title: 'Theirs' });
    await first.saving.flush();
    await second.saving.flush();
    expect(await kept()).toEqual(['Mine', 'Theirs (from another tab)']);
    expect(title(first)).toBe('Mine');
    expect(title(second)).toBe('Theirs (from another tab)');
    expect(second.store.getState().documentId).not.toBe('a');
    expect(notices.getState().shown).toMatchObject([
      {
        kind: 'error',
        sentence:
          "Another tab has changed “Theirs” too, so this tab's version is kept as “Theirs (from another tab)”: compare the two under Projects and delete the one that you do not want.",
      },
    ]);
    // From here on they do not meet.
    first.store.actions.editFilm({ title: 'Mine, edited' });
    second.store.actions.editFilm({ title: 'Theirs, edited' });
    await Promise.all([first.saving.flush(), second.saving.flush()]);
    expect(await kept()).toEqual(['Mine, edited', 'Theirs, edited']);
    expect(notices.getState().shown).toHaveLength(1);
  });

  it('lose nothing when one undoes its way back to a storyboard that the other has edited since', async () => {
    second.store.actions.open(storyboardOf('Another film'), 'b');
    await second.saving.flush();
    first.store.actions.editFilm({ title: 'Film, an hour later' });
    await first.saving.flush();
    second.store.actions.undo();
    await second.saving.flush();
    expect(await kept()).toEqual(['Another film', 'Film (from another tab)', 'Film, an hour later']);
  });
});
