/** Where model files of the person are, as the library remembers it. */
export type StoredModel = {
  id: string;
  /** For the person: of the folder, the file, or the download. */
  name: string;
  /** Milliseconds since 1970. */
  added: number;
} & ({ kind: 'disk'; handles: FileSystemHandle[] } | ({ kind: 'download' } & StoredDownload));

/** A file from an address that the person gave; its bytes lie in the origin's private file system. */
export interface StoredDownload {
  address: string;
  /** SHA-256 (hex) that the person expects; null when they gave none. */
  sha256: string | null;
  /** Of the whole file; null before a server said so. */
  bytes: number | null;
  /** What the server tells versions of the file apart by. */
  etag: string | null;
  /** Whole and checked. */
  complete: boolean;
}
