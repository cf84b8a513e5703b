import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Storyboard } from './document.ts';
import type { StoryboardStore } from './store.ts';

export type SavedState = { status: 'saved' } | { status: 'saving' } | { status: 'failed'; error: unknown };

/** A storyboard with the id under which the library keeps it. */
export interface KeptDocument {
  documentId: string;
  document: Storyboard;
}

export interface Autosave {
  state: StoreApi<SavedState>;
  /** Saves at once what is not saved yet. */
  flush(): Promise<void>;
  /**
   * Puts what another tab has saved in the place of the same storyboard on the page. False when there is another one,
   * or edits that are not saved: then everything stays as it is.
   */
  takeOver(kept: KeptDocument): boolean;
  stop(): void;
}

/** Small things that last from visit to visit. */
export type Journal = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Where what is unsaved goes when the page leaves: nothing asynchronous can be counted on then. */
export interface UnsavedSlot {
  write(kept: KeptDocument): void;
  clear(): void;
}

/** Keeps a storyboard and returns it, under another id and title where its own is another tab's now. */
export type Save = (kept: KeptDocument) => Promise<KeptDocument>;

/** Long enough that typing makes few writes, short enough that a crash costs a word. */
const restMilliseconds = 300;

/**
 * Saves the document whenever the person rests; what is unsaved when the page leaves goes to the slot.
 * `saved` is the document on the page, or null where the library does not have it and should.
 */
export function autosave(
  store: StoryboardStore,
  save: Save,
  slot: UnsavedSlot,
  page: EventTarget,
  saved: Storyboard | null = store.getState().document,
): Autosave {
  const state = createStore<SavedState>()(() => ({ status: 'saved' }));
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastFlush: Promise<void> = Promise.resolve();
  /** The page changes by what is done here, not by an edit. */
  let ownChange = false;

  function flush(): Promise<void> {
    clearTimeout(timer);
    lastFlush = lastFlush.then(saveNow);
    return lastFlush;
  }

  async function saveNow(): Promise<void> {
    const { document, documentId } = store.getState();
    if (document !== saved && !(await keep({ document, documentId }))) return;
    if (store.getState().document !== saved) return;
    slot.clear();
    state.setState({ status: 'saved' }, true);
  }

  /** False when the document could not be saved, which the state tells. */
  async function keep({ document, documentId }: KeptDocument): Promise<boolean> {
    try {
      const kept = await save({ document, documentId });
      const unchanged = store.getState().document === document;
      if (kept.documentId !== documentId) {
        const to = { documentId: kept.documentId, title: kept.document.title };
        change(() => store.actions.moveTo(documentId, to));
      }
      if (unchanged) saved = store.getState().document;
      return true;
    } catch (error) {
      state.setState({ status: 'failed', error }, true);
      return false;
    }
  }

  function change(work: () => void): void {
    ownChange = true;
    work();
    ownChange = false;
  }

  function saveSoon(): void {
    state.setState({ status: 'saving' }, true);
    timer = setTimeout(flush, restMilliseconds);
  }

  function leave(): void {
    const { document, documentId } = store.getState();
    if (document !== saved) slot.write({ document, documentId });
  }

  const unsubscribe = store.subscribe(({ document, documentId }, past) => {
    if (ownChange || document === past.document) return;
    clearTimeout(timer);
    // Another storyboard takes its place: what it lacks of the last edits cannot wait for a rest.
    if (documentId !== past.documentId && past.document !== saved) void keep(past);
    saveSoon();
  });
  page.addEventListener('pagehide', leave);
  if (saved === null) saveSoon();

  return {
    state,
    flush,
    takeOver({ documentId, document }) {
      const current = store.getState();
      if (current.documentId !== documentId || current.document !== saved) return false;
      change(() => store.actions.takeOver(document));
      saved = document;
      return true;
    },
    stop() {
      clearTimeout(timer);
      unsubscribe();
      page.removeEventListener('pagehide', leave);
    },
  };
}
