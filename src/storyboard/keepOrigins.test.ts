import { describe, expect, it } from 'vitest';
import type { Journal } from './autosave.ts';
import { keepOrigins } from './keepOrigins.ts';
import { starterStoryboard } from './starter.ts';
import { createStoryboardStore } from './store.ts';

function journalOf(kept = new Map<string, string>()): Journal {
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
  };
}

function openedWith(journal: Journal) {
  const store = createStoryboardStore(starterStoryboard());
  keepOrigins(store, journal);
  return store;
}

describe('keepOrigins', () => {
  it('brings back what shots were cut from', () => {
    const journal = journalOf();
    const store = openedWith(journal);
    const [first, second] = store.getState().document.shots;
    store.actions.splitShot(first?.id ?? '', [0.5, 1]);
    store.actions.mergeShot(second?.id ?? '', 2);
    const { origins } = store.getState();
    expect(origins.size).toBeGreaterThan(1);
    expect(openedWith(journal).getState().origins).toEqual(origins);
  });

  it.each(['', 'nonsense', '{}', '[["a",[{"shotId":"b"}]]]', '[["a",[{"shotId":1,"source":2,"at":3}]]]'])(
    'begins without any where %j was kept',
    (text) => {
      const journal = journalOf(new Map([['shotweave.origins', text]]));
      expect(openedWith(journal).getState().origins.size).toBe(0);
    },
  );

  it('works where nothing can be kept', () => {
    const full: Journal = {
      ...journalOf(),
      setItem() {
        throw new DOMException('full', 'QuotaExceededError');
      },
    };
    const store = openedWith(full);
    expect(store.actions.splitShot(store.getState().document.shots[0]?.id ?? '', [1, 1])).not.toBeNull();
  });
});
