import type { OpenJournal } from '../storyboard/unsaved.ts';

/** The browser's local storage; where the person has shut it, a journal that keeps nothing. */
export function pageJournal(): OpenJournal {
  try {
    return window.localStorage;
  } catch {
    return {
      getItem: () => null,
      setItem: () => undefined,
      removeItem: () => undefined,
      key: () => null,
      length: 0,
    };
  }
}
