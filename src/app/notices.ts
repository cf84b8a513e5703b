import { createStore } from 'zustand/vanilla';
import { ShotweaveError } from '../lib/errors.ts';

export interface Notice {
  id: number;
  kind: 'done' | 'error';
  sentence: string;
  /** What the person may do about it while the notice is there. */
  offer?: NoticeOffer;
}

export interface NoticeOffer {
  label: string;
  take: () => void;
  /** The notice went and the person did not take the offer. */
  lapse: () => void;
}

/** Notices on the page at a time. The oldest good news gives way; bad news stays until the person has dismissed it. */
const mostShown = 3;

let lastId = 0;

/** Sentences for the person that no panel of the page shows. */
export const notices = createStore<{ shown: readonly Notice[] }>()(() => ({ shown: [] }));

/** Returns the notice's id, for dismissNotice. */
export function notify(kind: Notice['kind'], sentence: string, offer?: NoticeOffer): number {
  lastId += 1;
  const notice = { id: lastId, kind, sentence, ...(offer && { offer }) };
  const { shown } = notices.getState();
  // Bad news that comes again, say of a disk that is still full, is said once.
  const gone =
    shown.find((other) => kind === 'error' && other.kind === kind && other.sentence === sentence) ??
    (shown.length < mostShown ? undefined : shown.find((other) => other.kind !== 'error'));
  notices.setState({ shown: [...shown.filter((other) => other !== gone), notice] });
  gone?.offer?.lapse();
  return notice.id;
}

export function dismissNotice(id: number): void {
  remove(id)?.offer?.lapse();
}

/** Does what a notice offers; the notice goes. */
export function takeOffer(id: number): void {
  remove(id)?.offer?.take();
}

function remove(id: number): Notice | undefined {
  const { shown } = notices.getState();
  const notice = shown.find((candidate) => candidate.id === id);
  notices.setState({ shown: shown.filter((candidate) => candidate !== notice) });
  return notice;
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
