import { z } from 'zod';
import type { Journal, KeptDocument, UnsavedSlot } from './autosave.ts';
import { storyboardSchema } from './document.ts';

/** A journal that can say what is in it. */
export type OpenJournal = Journal & Pick<Storage, 'key' | 'length'>;

/** What a tab could not save before it left. */
export interface LeftUnsaved extends KeptDocument {
  /** Name of the slot that it lies in. */
  slot: string;
  /** Version of the storyboard that it was edited from; null when the library did not have it. */
  version: number | null;
}

/** Each tab has a slot of its own: what one has saved says nothing of another's words. */
const prefix = 'shotweave.unsaved.tab.';

const leftSchema = z.object({
  documentId: z.string().min(1),
  version: z.number().nullable(),
  document: storyboardSchema,
});

/** The slot of this name. `versions` says which version of a storyboard this tab saw last. */
export function unsavedSlot(
  journal: Journal,
  name: string,
  versions: ReadonlyMap<string, number>,
): UnsavedSlot {
  return {
    write({ documentId, document }) {
      const left = { documentId, version: versions.get(documentId) ?? null, document };
      try {
        journal.setItem(prefix + name, JSON.stringify(left));
      } catch {
        // Full storage: the page is leaving and there is nobody to tell.
      }
    },
    clear: () => journal.removeItem(prefix + name),
  };
}

/** What earlier pages could not save before they left. What cannot be read is passed over: the library has the last save. */
export function readUnsaved(journal: OpenJournal): LeftUnsaved[] {
  return Array.from({ length: journal.length }, (_, index) => journal.key(index) ?? '')
    .filter((key) => key.startsWith(prefix))
    .flatMap((key) => {
      const left = parsed(journal.getItem(key));
      return left ? [{ ...left, slot: key.slice(prefix.length) }] : [];
    });
}

function parsed(text: string | null): z.infer<typeof leftSchema> | undefined {
  try {
    return leftSchema.safeParse(JSON.parse(text ?? '')).data;
  } catch {
    return undefined;
  }
}
