import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Autosave, autosave, type KeptDocument, type UnsavedSlot } from './autosave.ts';
import { starterStoryboard } from './starter.ts';
import { createStoryboardStore, type StoryboardStore } from './store.ts';

let store: StoryboardStore;
let page: EventTarget;
let slot: UnsavedSlot & { left: KeptDocument | null };
let titles: string[];
let saving: Autosave;
let refuse: Error | null;
/** Under which the next save is kept, where another tab has written the storyboard. */
let apart: string | null;

async function save(kept: KeptDocument): Promise<KeptDocument> {
  if (refuse) throw refuse;
  titles.push(kept.document.title);
  if (apart === null) return kept;
  const documentId = apart;
  apart = null;
  return { documentId, document: { ...kept.document, title: `${kept.document.title} (apart)` } };
}

function emptySlot(): typeof slot {
  return {
    left: null,
    write(kept) {
      this.left = kept;
    },
    clear() {
      this.left = null;
    },
  };
}

beforeEach(() => {
  vi.useFakeTimers();
  store = createStoryboardStore(starterStoryboard());
  page = new EventTarget();
  slot = emptySlot();
  titles = [];
  refuse = null;
  apart = null;
  saving = autosave(store, save, slot, page);
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

  it('has nothing to save once an edit is undone', async () => {
    store.actions.editFilm({ title: 'a' });
    store.actions.undo();
    await vi.runAllTimersAsync();
    expect(titles).toEqual([]);
    expect(saving.state.getState().status).toBe('saved');
  });

  it('saves by itself what is on the page and not in the library', async () => {
    saving.stop();
    saving = autosave(store, save, slot, page, null);
    expect(saving.state.getState().status).toBe('saving');
    await vi.runAllTimersAsync();
    expect(titles).toEqual([store.getState().document.title]);
  });
});

describe('where another tab has written the storyboard', () => {
  it('goes on under another id and title, and undo stays with it', async () => {
    const { document } = store.getState();
    store.actions.editFilm({ title: 'a' });
    apart = 'own';
    await vi.runAllTimersAsync();
    expect(store.getState()).toMatchObject({ documentId: 'own', document: { title: 'a (apart)' } });
    expect(saving.state.getState().status).toBe('saved');
    store.actions.editFilm({ look: 'in fog' });
    await vi.runAllTimersAsync();
    store.actions.undo();
    store.actions.undo();
    expect(store.getState()).toMatchObject({
      documentId: 'own',
      document: { ...document, title: 'a (apart)' },
    });
    await vi.runAllTimersAsync();
    expect(titles).toEqual(['a', 'a (apart)', 'a (apart)']);
  });

  it('keeps what is written meanwhile', async () => {
    store.actions.editFilm({ title: 'a' });
    apart = 'own';
    const flushed = saving.flush();
    await Promise.resolve();
    store.actions.editFilm({ look: 'in fog' });
    await flushed;
    expect(saving.state.getState().status).toBe('saving');
    await vi.runAllTimersAsync();
    expect(store.getState()).toMatchObject({
      documentId: 'own',
      document: { title: 'a (apart)', look: 'in fog' },
    });
    expect(titles).toEqual(['a', 'a (apart)']);
  });

  it('takes that over as an undo step, and does not save it again', async () => {
    const { document, documentId } = store.getState();
    expect(saving.takeOver({ documentId, document: { ...document, title: 'theirs' } })).toBe(true);
    expect(saving.takeOver({ documentId, document: { ...document, title: 'theirs, on' } })).toBe(true);
    expect(store.getState().document.title).toBe('theirs, on');
    await vi.runAllTimersAsync();
    expect(titles).toEqual([]);
    expect(saving.state.getState().status).toBe('saved');
    store.actions.undo();
    expect(store.getState().document).toBe(document);
  });

  it('takes nothing over where something is unsaved, or another storyboard is open', async () => {
    const { document, documentId } = store.getState();
    expect(saving.takeOver({ documentId: 'other', document })).toBe(false);
    store.actions.editFilm({ title: 'mine' });
    expect(saving.takeOver({ documentId, document })).toBe(false);
    expect(store.getState().document.title).toBe('mine');
  });
});

describe('the slot for what is unsaved', () => {
  it('holds what was unsaved when the page left', () => {
    store.actions.editFilm({ title: 'leaving' });
    page.dispatchEvent(new Event('pagehide'));
    const { document, documentId } = store.getState();
    expect(slot.left).toEqual({ document, documentId });
  });

  it('holds nothing when everything was saved', async () => {
    store.actions.editFilm({ title: 'leaving' });
    await vi.runAllTimersAsync();
    page.dispatchEvent(new Event('pagehide'));
    expect(slot.left).toBeNull();
  });

  it('is empty again once the page, come back, has saved', async () => {
    store.actions.editFilm({ title: 'leaving' });
    page.dispatchEvent(new Event('pagehide'));
    await vi.runAllTimersAsync();
    expect(slot.left).toBeNull();
  });
});
