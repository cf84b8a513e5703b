import { createStore } from 'zustand/vanilla';
import { dismissNotice, notices } from './notices.ts';

/** Good news goes by itself; bad news stays until the person dismisses it. */
const shownMilliseconds = 6000;
/** Longer where there is something to decide. */
const offerMilliseconds = 12_000;

const holds = createStore<{ count: number }>()(() => ({ count: 0 }));

/** Lets no notice's time pass until the function that comes back is called: nobody sees them, or somebody is at them. */
export function holdNotices(): () => void {
  const change = (by: number) => holds.setState(({ count }) => ({ count: count + by }));
  let held = true;
  change(1);
  return () => {
    if (held) change(-1);
    held = false;
  };
}

/** Dismisses notices when their time is up. Returns how to end that. */
export function runNoticeTime(): () => void {
  /** Milliseconds that each notice has left, by its id, as of `since`. */
  const left = new Map<number, number>();
  /** When time began to run; null while it stands still. */
  let since: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function stand(): void {
    clearTimeout(timer);
    const passed = since === null ? 0 : performance.now() - since;
    since = null;
    for (const [id, milliseconds] of left) left.set(id, milliseconds - passed);
  }

  function run(): void {
    const { shown } = notices.getState();
    for (const id of left.keys()) if (!shown.some((notice) => notice.id === id)) left.delete(id);
    for (const { id, kind, offer } of shown) {
      if (kind === 'error' || left.has(id)) continue;
      left.set(id, offer ? offerMilliseconds : shownMilliseconds);
    }
    if (holds.getState().count > 0 || left.size === 0) return;
    since = performance.now();
    timer = setTimeout(dismissDue, Math.max(0, Math.min(...left.values())));
  }

  function dismissDue(): void {
    stand();
    const due = [...left].filter(([, milliseconds]) => milliseconds <= 0);
    for (const [id] of due) dismissNotice(id);
    change();
  }

  function change(): void {
    stand();
    run();
  }

  const endings = [notices.subscribe(change), holds.subscribe(change), stand];
  run();
  return () => {
    for (const end of endings) end();
  };
}
