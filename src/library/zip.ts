import { BlobReader, configure, ZipWriter } from '@zip.js/zip.js/lib/zip-core-native.js';
import type { FilmSink } from '../film/sink.ts';
import { onStorage } from './storageError.ts';

// Workers of the library come from blobs, which the content security policy refuses.
configure({ useWebWorkers: false });

export interface ZipEntry {
  /** Path in the archive, with slashes. */
  name: string;
  content: Blob;
}

/**
 * Writes a zip archive into a sink piece by piece, closes the sink and returns the size of the archive in bytes. Films and
 * pictures are compressed already, so entries are stored as they are. Any failure discards the sink.
 * @throws `storage-full`, `storage-unavailable`, and `cancelled` when `signal` aborts
 */
export async function writeZip(
  entries: readonly ZipEntry[],
  sink: FilmSink,
  { onBytes, signal }: { onBytes?: (written: number) => void; signal?: AbortSignal } = {},
): Promise<number> {
  let position = 0;
  const out = new WritableStream<Uint8Array<ArrayBuffer>>({
    async write(data) {
      await sink.write(data, position);
      position += data.length;
      onBytes?.(position);
    },
  });
  try {
    await onStorage(async () => {
      const zip = new ZipWriter(out, { level: 0, ...(signal && { signal }) });
      for (const { name, content } of entries) {
        signal?.throwIfAborted();
        await zip.add(name, new BlobReader(content));
      }
      await zip.close();
    });
    await sink.close();
    return position;
  } catch (error) {
    await sink.discard();
    throw signal?.aborted ? signal.reason : error;
  }
}
