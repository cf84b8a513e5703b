import { createStore, type StoreApi } from 'zustand/vanilla';
import { parseStoryboard, type Storyboard, serializeStoryboard } from './document.ts';
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
  stop(): void;
}

/** Where what is unsaved goes when the page leaves: nothing asynchronous can be counted on then. */
export type Journal = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Long enough that typing makes few writes, short enough that a crash costs a word. */
const restMilliseconds = 300;

const journalIdKey = 'shotweave.unsaved.id';
const journalTextKey = 'shotweave.unsaved.storyboard';

/** Saves the document whenever the person rests; what is unsaved when the page leaves goes to the journal. */
export function autosave(
  store: StoryboardStore,
  save: (kept: KeptDocument) => Promise<void>,
  journal: Journal,
  page: EventTarget,
): Autosave {
  const state = createStore<SavedState>()(() => ({ status: 'saved' }));
  let saved = store.getState().document;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function flush(): Promise<void> {
    clearTimeout(timer);
    const { document, documentId } = store.getState();
    if (document === saved || !(await keep({ document, documentId }))) return;
    saved = document;
    if (store.getState().document !== document) return;
    clearJournal(journal);
    state.setState({ status: 'saved' }, true);
  }

  /** False when the document could not be saved, which the state tells. */
  async function keep({ document, documentId }: KeptDocument): Promise<boolean> {
    try {
      await save({ document, documentId });
      return true;
    } catch (error) {
      state.setState({ status: 'failed', error }, true);
      return false;
    }
  }

  function leave(): void {
    const { document, documentId } = store.getState();
    if (document !== saved) writeJournal(journal, { document, documentId });
  }

  const unsubscribe = store.subscribe(({ document, documentId }, past) => {
    if (document === past.document) return;
    clearTimeout(timer);
    // Another storyboard takes its place: what it lacks of the last edits cannot wait for a rest.
    if (documentId !== past.documentId && past.document !== saved) void keep(past);
    state.setState({ status: 'saving' }, true);
    timer = setTimeout(flush, restMilliseconds);
  });
  page.addEventListener('pagehide', leave);

  return {
    state,
    flush,
    stop() {
      clearTimeout(timer);
      unsubscribe();
      page.removeEventListener('pagehide', leave);
    },
  };
}

/** What the last page could not save before it left; null when it had saved everything. */
export function readJournal(journal: Journal): KeptDocument | null {
  const documentId = journal.getItem(journalIdKey);
  const text = journal.getItem(journalTextKey);
  if (documentId === null || text === null) return null;
  try {
    return { documentId, document: parseStoryboard(text) };
  } catch {
    // The library still has the last save; a damaged journal must not stand in its way.
    return null;
  }
}

export function clearJournal(journal: Journal): void {
  journal.removeItem(journalIdKey);
  journal.removeItem(journalTextKey);
}

function writeJournal(journal: Journal, { document, documentId }: KeptDocument): void {
  try {
    journal.setItem(journalIdKey, documentId);
    journal.setItem(journalTextKey, serializeStoryboard(document));
  } catch {
    // Full storage: the page is leaving and there is nobody to tell.
    clearJournal(journal);
  }
}
