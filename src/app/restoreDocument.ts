import { loadDocument, seenVersions } from '../library/database.ts';
import type { StoryboardStore } from '../storyboard/store.ts';
import { type LeftUnsaved, type OpenJournal, readUnsaved, unsavedSlot } from '../storyboard/unsaved.ts';
import { notify, notifyError } from './notices.ts';
import type { OtherTabs } from './otherTabs.ts';

export interface Restored {
  /** False when nothing was kept from an earlier visit. */
  found: boolean;
  /** Slot of unsaved words that are on the page since they could still not be saved; null when there are none. */
  slot: string | null;
}

/** Saves what earlier pages left unsaved, and puts the storyboard that was saved last on the page. */
export async function restoreDocument(
  storyboard: StoryboardStore,
  journal: OpenJournal,
  tabs: Pick<OtherTabs, 'saveOrPart'>,
): Promise<Restored> {
  let unsaved: LeftUnsaved | null = null;
  for (const left of readUnsaved(journal)) {
    const seen = new Map(left.version === null ? [] : [[left.documentId, left.version]]);
    try {
      await tabs.saveOrPart(left, seen);
      unsavedSlot(journal, left.slot, seen).clear();
    } catch (error) {
      notifyError(error);
      unsaved = left;
    }
  }
  if (unsaved) {
    if (unsaved.version !== null) seenVersions.set(unsaved.documentId, unsaved.version);
    storyboard.actions.restore(unsaved.documentId, unsaved.document);
    return { found: true, slot: unsaved.slot };
  }
  const { value, problem } = await loadDocument();
  if (value) {
    seenVersions.set(value.id, value.updated);
    storyboard.actions.restore(value.id, value.storyboard);
  }
  if (problem) notify('error', problem);
  return { found: value !== null, slot: null };
}
