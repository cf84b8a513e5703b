import * as Comlink from 'comlink';
import { refusalOf, sniff } from '../../engine/weights/sniff.ts';
import { type ErrorCode, ShotweaveError } from '../../lib/errors.ts';
import { downloadsFolder } from '../modelDownloads.ts';
import { storageError } from '../storageError.ts';
import { checkFile } from './checkFile.ts';
import { askSize, type DownloadRequest, type DownloadTarget, download, type RemoteFile } from './download.ts';

/** How a download goes, as the page hears of it. */
export interface DownloadProgress {
  phase: 'arriving' | 'checking';
  done: number;
  remote: RemoteFile;
}

export type DownloadAnswer =
  | { ok: true; remote: RemoteFile }
  | { ok: false; code: ErrorCode; sentence: string };

/** What the download worker offers the page. Nothing rejects. */
export interface DownloadApi {
  size(address: string): Promise<DownloadAnswer>;
  /**
   * Downloads into the file of this id, going on from what is there, and checks it: its size, its SHA-256 where one is
   * given, and its header where it is a safetensors file. A file that is found wrong is deleted.
   */
  start(
    id: string,
    name: string,
    request: DownloadRequest & { sha256: string | null },
    onProgress: (progress: DownloadProgress) => void,
  ): Promise<DownloadAnswer>;
  stop(id: string): void;
}

/** Milliseconds between reports to the page. */
const reportRest = 200;

const running = new Map<string, AbortController>();

const api: DownloadApi = {
  size: (address) =>
    answer(() => askSize(address, { fetch: fetch.bind(self), signal: AbortSignal.timeout(15_000) })),
  start: (id, name, request, onProgress) => answer(() => run(id, name, request, onProgress)),
  stop(id) {
    running.get(id)?.abort();
  },
};

Comlink.expose(api);

async function run(
  id: string,
  name: string,
  request: DownloadRequest & { sha256: string | null },
  onProgress: (progress: DownloadProgress) => void,
): Promise<RemoteFile> {
  const aborter = new AbortController();
  running.set(id, aborter);
  try {
    const folder = await downloadsFolder();
    const handle = await folder.getFileHandle(id, { create: true });
    const remote = await receive(name, handle, request, aborter.signal, onProgress);
    try {
      await checkFile(name, await handle.getFile(), request.sha256, aborter.signal, (done) =>
        onProgress({ phase: 'checking', done, remote }),
      );
    } catch (error) {
      // Stopped is not found wrong.
      if (!aborter.signal.aborted) await folder.removeEntry(id).catch(() => undefined);
      throw error;
    }
    return remote;
  } finally {
    running.delete(id);
  }
}

async function receive(
  name: string,
  handle: FileSystemFileHandle,
  request: DownloadRequest,
  signal: AbortSignal,
  onProgress: (progress: DownloadProgress) => void,
): Promise<RemoteFile> {
  const access = await handle.createSyncAccessHandle();
  let reported = 0;
  try {
    return await download(targetOf(access), request, {
      fetch: fetch.bind(self),
      signal,
      onProgress(done, remote) {
        if (performance.now() - reported < reportRest) return;
        reported = performance.now();
        onProgress({ phase: 'arriving', done, remote });
      },
      checkBeginning: (head) => {
        const refusal = refusalOf(name, sniff(head));
        if (refusal) throw refusal;
      },
    });
  } finally {
    access.close();
  }
}

function targetOf(access: FileSystemSyncAccessHandle): DownloadTarget {
  return {
    size: () => access.getSize(),
    write(bytes, at) {
      const written = access.write(bytes, { at });
      if (written !== bytes.length) throw new DOMException('Short write', 'QuotaExceededError');
    },
    truncate: (size) => access.truncate(size),
    flush: () => access.flush(),
  };
}

async function answer(work: () => Promise<RemoteFile>): Promise<DownloadAnswer> {
  try {
    return { ok: true, remote: await work() };
  } catch (error) {
    const known = error instanceof ShotweaveError ? error : storageError(error);
    return { ok: false, code: known.code, sentence: known.message };
  }
}
