import { mostUnpinned, removeOldTakes } from '../../library/takes.ts';
import { notify, notifyError } from '../notices.ts';

/** Deletes the oldest takes of a storyboard that are one too many, and says so. Never rejects. */
export async function makeRoom(
  documentId: string,
  deleteFilm: (fileName: string) => Promise<void>,
): Promise<void> {
  try {
    const old = await removeOldTakes(documentId);
    for (const { record } of old) await deleteFilm(record.fileName);
    if (old.length === 0) return;
    const numbers = old.map(({ number }) => number).join(' and ');
    notify(
      'done',
      `A storyboard keeps its newest ${mostUnpinned} takes, so take ${numbers} is gone: pin those that must stay.`,
    );
  } catch (error) {
    notifyError(error);
  }
}
