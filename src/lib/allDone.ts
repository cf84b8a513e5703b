/**
 * Like Promise.all, but rejects only when nothing is under way any more, so that what the work uses can be
 * freed. Rejects with the first failure in the order of the list.
 */
export async function allDone<T extends readonly unknown[]>(
  work: readonly [...{ [K in keyof T]: Promise<T[K]> }],
): Promise<T> {
  await Promise.allSettled(work);
  return Promise.all(work) as Promise<unknown> as Promise<T>;
}
