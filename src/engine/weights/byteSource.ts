import { ShotweaveError } from '../../lib/errors.ts';

/** Bytes that are read by range: a file on disk, a download, a buffer. */
export interface ByteSource {
  readonly name: string;
  readonly size: number;
  /** Bytes [offset, offset + length), in a buffer of their own. Rejects with `weights-invalid` past the end. */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** Reads slices of a Blob or File; the browser keeps the whole of it off the JavaScript heap. */
export function blobSource(name: string, blob: Blob): ByteSource {
  return {
    name,
    size: blob.size,
    async read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > blob.size) throw truncated(name);
      const slice = await blob.slice(offset, offset + length).arrayBuffer();
      if (slice.byteLength !== length) throw truncated(name);
      return new Uint8Array(slice);
    },
  };
}

function truncated(name: string): ShotweaveError {
  return new ShotweaveError(
    'weights-invalid',
    `The weight file ${name} ends too early: it was not copied completely, get it again.`,
  );
}
