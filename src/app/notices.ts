import { createStore } from 'zustand/vanilla';
import { ShotweaveError } from '../lib/errors.ts';

export interface Notice {
  id: number;
  kind: 'done' | 'error';
  sentence: string;
}

let lastId = 0;

/** Sentences for the person that no panel of the page shows. */
export const notices = createStore<{ shown: readonly Notice[] }>()(() => ({ shown: [] }));

export function notify(kind: Notice['kind'], sentence: string): void {
  lastId += 1;
  const notice = { id: lastId, kind, sentence };
  notices.setState(({ shown }) => ({ shown: [...shown.slice(-2), notice] }));
}

export function dismissNotice(id: number): void {
  notices.setState(({ shown }) => ({ shown: shown.filter((notice) => notice.id !== id) }));
}

/** Any failure as an error with a sentence for the person. */
export function toShotweaveError(cause: unknown): ShotweaveError {
  if (cause instanceof ShotweaveError) return cause;
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new ShotweaveError(
    'unexpected',
    `Something went wrong that should not (${detail}); your storyboard is kept, reload the page and try again.`,
    { cause },
  );
}

export function notifyError(cause: unknown): void {
  notify('error', toShotweaveError(cause).message);
}
