import { ShotweaveError } from '../lib/errors.ts';

/** What a failed write, read or opening of the browser's storage means for the person: `storage-full` or `storage-unavailable`. */
export function storageError(cause: unknown): ShotweaveError {
  if (cause instanceof ShotweaveError) return cause;
  if (cause instanceof Error && cause.name === 'QuotaExceededError') {
    return new ShotweaveError(
      'storage-full',
      'The room that the browser gives the studio is used up: delete films you no longer need, or free space on the disk, and try again.',
      { cause },
    );
  }
  if (cause instanceof Error && cause.name === 'VersionError') {
    return new ShotweaveError(
      'storage-unavailable',
      'A newer Shotweave has been open in this browser and has stored its work in a newer form: reload this page to get it.',
      { cause },
    );
  }
  return new ShotweaveError(
    'storage-unavailable',
    'The browser does not let the studio keep files: leave private browsing or allow this site to store data, then reload.',
    { cause },
  );
}

/** Runs work on the storage; every failure becomes a `storage-full` or `storage-unavailable`. */
export async function onStorage<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw storageError(cause);
  }
}
