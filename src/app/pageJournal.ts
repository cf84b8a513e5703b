import type { Journal } from '../storyboard/autosave.ts';

/** The browser's local storage; where the person has shut it, a journal that keeps nothing. */
export function pageJournal(): Journal {
  try {
    return window.localStorage;
  } catch {
    return { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
  }
}
