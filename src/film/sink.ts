/**
 * Where the bytes of a film go: a file with writes at any position.
 * Errors are of the storage (`storage-full`, `storage-unavailable`).
 */
export interface FilmSink {
  /** Writes all of `data` at `position` (bytes from the start); a gap before it reads as zeros. */
  write(data: Uint8Array<ArrayBuffer>, position: number): Promise<void>;
  /** Makes the file whole and visible under its name. */
  close(): Promise<void>;
  /** Removes what has been written. Never throws, and does nothing after close(). */
  discard(): Promise<void>;
}
