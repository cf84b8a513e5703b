/** Undoes something that outlives a function: closes a browser, stops a server. */
export type Undo = () => Promise<unknown>;

/**
 * Runs work that holds resources. Each is undone once, last first, when the work ends, fails, or is stopped with
 * Ctrl-C (which then ends the process with status 130).
 */
export async function withCleanUp<T>(work: (onEnd: (undo: Undo) => void) => Promise<T>): Promise<T> {
  const undos: Undo[] = [];
  let undone: Promise<void> | undefined;
  // Closing a browser makes the work fail, which comes here a second time: both wait for the one round.
  const undoAll = () => {
    undone ??= (async () => {
      for (const undo of undos.reverse()) await undo();
    })();
    return undone;
  };
  const stop = () => {
    void undoAll().finally(() => process.exit(130));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    return await work((undo) => undos.push(undo));
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    await undoAll();
  }
}
