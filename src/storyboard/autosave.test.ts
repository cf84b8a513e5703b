import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Autosave, autosave, type Journal, type KeptDocument, readJournal } from './autosave.ts';
import { starterStoryboard } from './starter.ts';
import { createStoryboardStore, type StoryboardStore } from './store.ts';

let store: StoryboardStore;
let page: EventTarget;
let journal: Journal;
let titles: string[];
let saving: Autosave;
let refuse: Error | null;

async function save({ document }: KeptDocument): Promise<void> {
  if (refuse) throw refuse;
  titles.push(document.title);
}

function memoryJournal(): Journal {
  const entries = new Map<string, string>();
  return {
    getItem: (key) => entries.get(key) ?? null,
    setItem: (key, value) => void entries.set(key, value),
    removeItem: (key) => void entries.delete(key),
  };
}

beforeEach(() => {
  vi.useFakeTimers();
  store = createStoryboardStore(starterStoryboard());
  page = new EventTarget();
  journal = memoryJournal();
  titles = [];
  refuse = null;
  saving = autosave(store, save, journal, page);
});

afterEach(() => {
  saving.stop();
  vi.useRealTimers();
});

describe('autosave', () => {
  it('saves once after a run of edits', async () => {
    for (const title of ['a', 'ab', 'abc']) store.actions.editFilm({ title });
    expect(saving.state.getState().status).toBe('saving');
    await vi.runAllTimersAsync();
    expect(titles).toEqual(['abc']);
    expect(saving.state.getState().status).toBe('saved');
  });

  it('saves what another storyboard takes the place of, without a rest', async () => {
    store.actions.editFilm({ title: 'left behind' });
    store.actions.open({ ...starterStoryboard(), title: 'opened' });
    expect(titles).toEqual(['left behind']);
    await vi.runAllTimersAsync();
    expect(titles).toEqual(['left behind', 'opened']);
    // Nothing of it is unsaved now.
    store.actions.open({ ...starterStoryboard(), title: 'third' });
    expect(titles).toEqual(['left behind', 'opened']);
  });

  it('does not save a selection', async () => {
    store.actions.select(store.getState().document.shots[1]?.id ?? '');
    await vi.runAllTimersAsync();
    expect(titles).toEqual([]);
  });

  it('says that saving failed and tries again at the next edit', async () => {
    refuse = new Error('full');
    store.actions.editFilm({ title: 'a' });
    await vi.runAllTimersAsync();
    expect(saving.state.getState()).toEqual({ status: 'failed', error: refuse });
    refuse = null;
    store.actions.editFilm({ title: 'b' });
    await vi.runAllTimersAsync();
    expect(titles).toEqual(['b']);
    expect(saving.state.getState().status).toBe('saved');
  });
});

describe('the journal', () => {
  it('holds what was unsaved when the page left', () => {
    store.actions.editFilm({ title: 'leaving' });
    page.dispatchEvent(new Event('pagehide'));
    const { document, documentId } = store.getState();
    expect(readJournal(journal)).toEqual({ document, documentId });
  });

  it('holds nothing when everything was saved', async () => {
    store.actions.editFilm({ title: 'leaving' });
    await vi.runAllTimersAsync();
    page.dispatchEvent(new Event('pagehide'));
    expect(readJournal(journal)).toBeNull();
  });

  it('is empty again once the page, come back, has saved', async () => {
    store.actions.editFilm({ title: 'leaving' });
    page.dispatchEvent(new Event('pagehide'));
    await vi.runAllTimersAsync();
    expect(readJournal(journal)).toBeNull();
  });

  it('is passed over when damaged', () => {
    store.actions.editFilm({ title: 'leaving' });
    page.dispatchEvent(new Event('pagehide'));
    journal.setItem('shotweave.unsaved.storyboard', '{"format":');
    expect(readJournal(journal)).toBeNull();
  });
});
