import { createStore } from 'zustand/vanilla';
import type { ExportEvent, ExportResult, ExportTarget } from '../../film/export/exportJob.ts';
import { invariant, ShotweaveError } from '../../lib/errors.ts';
import { openExportSink, readExport, removeEmpty, removeExport } from '../../library/exportSink.ts';
import { canChooseFolder, chooseFolder, type SaveFolder } from '../../library/saveFolder.ts';
import { chooseSaveTarget, download } from '../../library/saveToDisk.ts';
import type { Run } from '../../plan/types.ts';
import type { RenderWorkerApi } from '../../render/protocol.ts';
import { saveFilm } from '../exports.ts';
import { stemOf } from '../fileStem.ts';
import type { Film } from '../generation.ts';
import { notify, notifyError, toShotweaveError } from '../notices.ts';
import { type ExportChoice, isFilmItself, piecesOf } from './choice.ts';

/** An export that is being written. */
export interface Exporting {
  name: string;
  /** Share of it that is written, 0..1. */
  fraction: number;
  cancelling: boolean;
}

/** One export at a time; null while there is none. */
export const exporting = createStore<{ running: Exporting | null }>()(() => ({ running: null }));

/** Stops the running export. */
let stopping = new AbortController();

/** What to export. */
export interface ExportRequest {
  film: Film;
  choice: ExportChoice;
  range: Run | null;
  /** Name of the file, or of the files' common part, without an ending. */
  stem: string;
}

/** Where the person wants the files. */
interface Destination {
  target: ExportTarget;
  /** Hands over what the worker wrote; nothing is left to do where it wrote to the person's disk. */
  deliver: (result: ExportResult, signal: AbortSignal) => Promise<void>;
  /** What to tell the person, where their browser does not. */
  sentence: string | null;
  discard: () => Promise<void>;
}

/** Exports a film, or parts of it, where the person wants it. Call it from a click. Failures become notices. */
export async function exportFilm(
  client: Pick<RenderWorkerApi, 'exportFilm' | 'cancel'>,
  request: ExportRequest,
): Promise<void> {
  const { film, choice, range } = request;
  const stem = stemOf(request.stem, film.record);
  if (isFilmItself(choice, film, range)) return saveFilm(film, stem);
  const pieces = piecesOf(choice.part, film.geometry, range, stem);
  try {
    const destination = await (choice.part === 'shots' ? manyFiles(stem) : oneFile(`${stem}.mp4`));
    if (destination) await write(destination);
  } catch (error) {
    if (toShotweaveError(error).code !== 'cancelled') notifyError(error);
  }

  async function write({ target, deliver, sentence, discard }: Destination): Promise<void> {
    const job = {
      film: film.record.fileName,
      storyboard: film.record.storyboard,
      codec: choice.codec ?? film.record.codec,
      quality: choice.quality,
      scale: choice.scale,
      pieces,
      target,
    };
    try {
      await withProgress(stem, async (onShare, signal) => {
        const onEvent = ({ done, total }: ExportEvent) => onShare(total === 0 ? 0 : done / total);
        const cancel = () => void client.cancel();
        signal.addEventListener('abort', cancel);
        // What the worker does after that is another work, which is not to be cancelled.
        const result = await client
          .exportFilm(job, onEvent)
          .finally(() => signal.removeEventListener('abort', cancel));
        await deliver(result, signal);
      });
    } catch (error) {
      await discard();
      throw error;
    }
    if (sentence) notify('done', sentence);
  }
}

/** Does work that the page shows the progress of, and that the person can cancel; `onShare` takes 0..1. */
export async function withProgress(
  name: string,
  work: (onShare: (share: number) => void, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  if (exporting.getState().running) {
    throw new ShotweaveError('unexpected', 'An export is being written already: wait for it or cancel it.');
  }
  stopping = new AbortController();
  exporting.setState({ running: { name, fraction: 0, cancelling: false } });
  try {
    await work((fraction) => {
      exporting.setState(({ running }) => ({ running: running && { ...running, fraction } }));
    }, stopping.signal);
  } finally {
    exporting.setState({ running: null });
  }
}

/** Stops the export that is being written; nothing of it is left. */
export function cancelExport(): void {
  exporting.setState(({ running }) => ({ running: running && { ...running, cancelling: true } }));
  stopping.abort(new ShotweaveError('cancelled', 'The export was cancelled.'));
}

const nothing = async () => undefined;

async function oneFile(name: string): Promise<Destination | null> {
  const target = await chooseSaveTarget(name);
  if (!target) return null;
  const sentence = 'The film is saved. Drop it on this page to get its storyboard back.';
  if (target.kind === 'file') {
    const discard = () => removeEmpty(target.file).catch(() => undefined);
    return { target, deliver: nothing, sentence, discard };
  }
  return {
    target: { kind: 'private' },
    async deliver({ files: [file] }) {
      invariant(file?.privateName, 'an export without a place on the disk lies in the private file system');
      const { privateName } = file;
      download(await readExport(privateName), name, () => void removeExport(privateName));
    },
    sentence: null,
    discard: nothing,
  };
}

/** A new folder where the browser lets the person choose one, else an archive for the downloads. */
async function manyFiles(stem: string): Promise<Destination | null> {
  if (canChooseFolder()) {
    const chosen = await chooseFolder(`${stem}-shots`);
    return chosen && intoFolder(chosen);
  }
  return {
    target: { kind: 'private' },
    deliver: (result, signal) => downloadZip(result, `${stem}-shots.zip`, signal),
    sentence: null,
    discard: nothing,
  };
}

function intoFolder({ folder, name, remove }: SaveFolder): Destination {
  return {
    target: { kind: 'folder', folder },
    deliver: nothing,
    sentence: `The shots are saved in the folder “${name}”.`,
    discard: remove,
  };
}

async function downloadZip({ files }: ExportResult, name: string, signal: AbortSignal): Promise<void> {
  const { writeZip } = await import('../../library/zip.ts');
  const entries = await Promise.all(
    files.map(async (file) => ({ name: file.name, content: await readExport(file.privateName ?? '') })),
  );
  const { sink, privateName } = await openExportSink({ kind: 'private' }, name);
  try {
    await writeZip(entries, sink, { signal });
  } finally {
    await Promise.all(files.map((file) => removeExport(file.privateName ?? '')));
  }
  if (privateName !== null) {
    download(await readExport(privateName), name, () => void removeExport(privateName));
  }
}
