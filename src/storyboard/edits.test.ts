import { describe, expect, it } from 'vitest';
import { randomSource } from '../engine/testing/random.ts';
import { secondsPerLatentFrame } from '../plan/geometry.ts';
import { validateStoryboard } from './document.ts';
import { starterStoryboard } from './starter.ts';
import { createStoryboardStore, type StoryboardStore } from './store.ts';

const edits = 200;
const unit = secondsPerLatentFrame(24, 4);

/** An edit chosen by chance, as the page's keys and buttons make them; it may turn out to change nothing. */
function editByChance({ getState, actions }: StoryboardStore, random: () => number): void {
  const { document } = getState();
  const below = (end: number) => Math.floor(random() * end);
  const index = below(document.shots.length);
  const shotId = document.shots[index]?.id ?? '';
  const kinds: (() => unknown)[] = [
    () => actions.addShot(),
    () => actions.duplicateShot(shotId),
    () => actions.removeShot(shotId),
    () => actions.splitShot(shotId, [unit * (1 + below(6)), unit * (1 + below(6))]),
    () => actions.mergeShot(shotId, unit * (1 + below(12))),
    () => actions.moveShot(shotId, below(document.shots.length)),
    () => actions.editShot(shotId, { prompt: `prompt ${below(1000)}` }),
    () => actions.editShot(shotId, { seconds: unit * (1 + below(24)) }),
    () => actions.editShot(shotId, { seed: random() < 0.3 ? null : below(1000) }),
    () => actions.setLengths(new Map(document.shots.map(({ id }) => [id, unit * (1 + below(9))]))),
    () => actions.editFilm({ sampler: random() < 0.5 ? 'euler' : undefined, shift: 1 + below(9) }),
    () => actions.editFilm({ title: `title ${below(1000)}` }),
    () => actions.editFilm({ fps: 12 + below(3) }),
    () => actions.open({ ...starterStoryboard(), title: `opened ${below(1000)}` }),
  ];
  actions.select(shotId);
  kinds[below(kinds.length)]?.();
  actions.endStep();
}

describe.each([1, 2, 3, 4])('200 edits by chance (seed %i)', (seed) => {
  it('are undone one by one to the first document and redone to the last', () => {
    const random = randomSource(seed);
    const store = createStoryboardStore(starterStoryboard());
    const text = () => JSON.stringify([store.getState().documentId, store.getState().document]);
    const states = [text()];
    while (states.length <= edits) {
      editByChance(store, random);
      if (text() !== states.at(-1)) states.push(text());
      validateStoryboard(JSON.parse(JSON.stringify(store.getState().document)));
    }

    for (const state of states.slice(0, -1).reverse()) {
      store.actions.undo();
      expect(text()).toBe(state);
    }
    for (const state of states.slice(1)) {
      store.actions.redo();
      expect(text()).toBe(state);
    }
    expect(store.temporal.getState().futureStates).toEqual([]);
  });
});
