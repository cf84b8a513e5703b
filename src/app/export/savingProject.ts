import { openExportSink, readExport, removeEmpty, removeExport } from '../../library/exportSink.ts';
import { chooseSaveTarget, download } from '../../library/saveToDisk.ts';
import { storyboard } from '../../storyboard/useStoryboard.ts';
import { notify, notifyError, toShotweaveError } from '../notices.ts';
import { withProgress } from './exporting.ts';

/** Saves the storyboard with its takes as one file, where the person wants it. Call it from a click. Failures become notices. */
export async function saveProject(stem: string): Promise<void> {
  const name = `${stem}.shotweave`;
  try {
    const target = await chooseSaveTarget(name);
    if (!target) return;
    await withProgress(stem, async (onShare, signal) => {
      const { projectContents, writeProject } = await import('../../library/projectFileSave.ts');
      const { document, documentId } = storyboard.getState();
      const contents = await projectContents(documentId, document);
      const kind = target.kind === 'file' ? target : ({ kind: 'private' } as const);
      const { sink, privateName } = await openExportSink(kind, name);
      try {
        await writeProject(contents, sink, onShare, signal);
      } catch (error) {
        if (target.kind === 'file') await removeEmpty(target.file).catch(() => undefined);
        throw error;
      }
      if (privateName === null)
        notify('done', 'The project is saved. Drop the file on this page to open it.');
      else download(await readExport(privateName), name, () => void removeExport(privateName));
    });
  } catch (error) {
    if (toShotweaveError(error).code !== 'cancelled') notifyError(error);
  }
}
