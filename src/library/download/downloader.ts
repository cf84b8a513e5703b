import * as Comlink from 'comlink';
import { ShotweaveError } from '../../lib/errors.ts';
import type { DownloadRequest, RemoteFile } from './download.ts';
import type { DownloadAnswer, DownloadApi, DownloadProgress } from './downloadWorker.ts';

/** Downloads files into the browser's own storage. Every rejection is a ShotweaveError. */
export interface Downloader {
  /** What a server says of a file before it is downloaded. */
  size(address: string): Promise<RemoteFile>;
  /** See DownloadApi. Rejects with `cancelled` after stop(). */
  start(
    id: string,
    name: string,
    request: DownloadRequest & { sha256: string | null },
    onProgress: (progress: DownloadProgress) => void,
  ): Promise<RemoteFile>;
  stop(id: string): void;
}

/**
 * Downloads in a worker of their own, started for the first of them. Only this worker may reach other origins: the
 * page's content security policy keeps the page and the engine from it, and the worker's file is served with its own.
 */
export function createDownloader(): Downloader {
  let remote: Comlink.Remote<DownloadApi> | null = null;
  function worker(): Comlink.Remote<DownloadApi> {
    remote ??= Comlink.wrap<DownloadApi>(
      new Worker(new URL('./downloadWorker.ts', import.meta.url), { type: 'module', name: 'download' }),
    );
    return remote;
  }
  return {
    size: async (address) => taken(await worker().size(address)),
    start: async (id, name, request, onProgress) =>
      taken(await worker().start(id, name, request, Comlink.proxy(onProgress))),
    stop: (id) => void worker().stop(id),
  };
}

function taken(answer: DownloadAnswer): RemoteFile {
  if (answer.ok) return answer.remote;
  throw new ShotweaveError(answer.code, answer.sentence);
}
