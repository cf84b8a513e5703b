import { beforeEach, describe, expect, it } from 'vitest';
import type { Storyboard } from '../../storyboard/document.ts';
import { newShot, starterStoryboard } from '../../storyboard/starter.ts';
import { createStoryboardStore } from '../../storyboard/store.ts';
import { notices } from '../notices.ts';
import { tellUnlocked } from './unlocked.ts';

const sentences = () => notices.getState().shown.map(({ sentence }) => sentence);

function storyboardWith(...locks: boolean[]): Storyboard {
  return { ...starterStoryboard(), shots: locks.map((locked) => ({ ...newShot(1), locked })) };
}

beforeEach(() => notices.setState({ shown: [] }));

describe('a notice', () => {
  it('tells which shot an edit unlocked, and tells it once for a whole drag', () => {
    const store = createStoryboardStore(storyboardWith(false, true));
    tellUnlocked(store);
    const id = store.getState().document.shots[1]?.id ?? '';
    for (const seconds of [1.5, 1, 1.5, 2]) store.actions.editShot(id, { seconds });
    expect(sentences()).toEqual([
      'Shot 2 is no longer locked, for its pictures have another length: undo to lock again.',
    ]);
  });

  it('counts the shots that lose their locks with the size', () => {
    const store = createStoryboardStore(storyboardWith(true, true, false));
    tellUnlocked(store);
    store.actions.editFilm({ width: 256, height: 256 });
    expect(sentences()).toEqual([expect.stringMatching(/^2 shots are no longer locked.*another size/)]);
  });

  it('says nothing when the person unlocks a shot, undoes a lock or opens another storyboard', () => {
    const store = createStoryboardStore(storyboardWith(true, false));
    tellUnlocked(store);
    const [first, second] = store.getState().document.shots.map(({ id }) => id);
    store.actions.editShot(first ?? '', { locked: false });
    store.actions.editShot(second ?? '', { locked: true });
    store.actions.undo();
    store.actions.open(storyboardWith(false));
    expect(sentences()).toEqual([]);
  });
});
