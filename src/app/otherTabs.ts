import { readDocument, type SeenVersions, saveDocument, seenVersions } from '../library/database.ts';
import { saveApart } from '../library/projects.ts';
import type { Autosave, KeptDocument } from '../storyboard/autosave.ts';
import { type Storyboard, titleOf } from '../storyboard/document.ts';
import { notify } from './notices.ts';

/** Goes between tabs of the studio: none overwrites what another has written, and each hears what the others save. */
export interface OtherTabs {
  /** Keeps a storyboard under its id, unless another tab has written it since: then false. */
  save(documentId: string, document: Storyboard): Promise<boolean>;
  /** Keeps a storyboard, as one of its own where another tab has written it since; a notice tells of that. */
  saveOrPart(kept: KeptDocument, seen?: SeenVersions): Promise<KeptDocument>;
  /** Lets the others know that a storyboard has been written. */
  tell(documentId: string): void;
  /** Takes over what others save of the storyboard on the page, as long as nothing there is unsaved. */
  follow(saving: Pick<Autosave, 'takeOver'>): void;
}

/** @param seen the versions of storyboards that this tab has seen last */
export function createOtherTabs(channel: BroadcastChannel, seen: SeenVersions = seenVersions): OtherTabs {
  async function save(documentId: string, document: Storyboard, versions: SeenVersions): Promise<boolean> {
    const done = await saveDocument(documentId, document, versions);
    if (done) channel.postMessage(documentId);
    return done;
  }

  async function takeOver(saving: Pick<Autosave, 'takeOver'>, documentId: string): Promise<void> {
    const { value } = await readDocument(documentId);
    if (!value || value.updated <= (seen.get(documentId) ?? 0)) return;
    if (saving.takeOver({ documentId, document: value.storyboard })) seen.set(documentId, value.updated);
  }

  return {
    save: (documentId, document) => save(documentId, document, seen),
    async saveOrPart(kept, versions = seen) {
      if (await save(kept.documentId, kept.document, versions)) return kept;
      const own = await saveApart(kept.document, seen);
      notify(
        'error',
        `Another tab has changed “${titleOf(kept.document)}” too, so this tab's version is kept as “${own.document.title}”: compare the two under Projects and delete the one that you do not want.`,
      );
      return own;
    },
    tell: (documentId) => channel.postMessage(documentId),
    follow(saving) {
      channel.addEventListener('message', ({ data }) => void takeOver(saving, String(data)));
    },
  };
}
