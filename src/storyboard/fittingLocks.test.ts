import { beforeEach, describe, expect, it } from 'vitest';
import { latentFramesOf } from '../plan/geometry.ts';
import { newShot, starterStoryboard } from './starter.ts';
import { createStoryboardStore, type StoryboardStore } from './store.ts';

let store: StoryboardStore;
const shotId = (index: number) => store.getState().document.shots[index]?.id ?? '';
const locks = () => store.getState().document.shots.map(({ locked }) => locked);
const steps = () => store.temporal.getState().pastStates.length;

beforeEach(() => {
  const shots = [true, true, false].map((locked) => ({ ...newShot(1), locked }));
  store = createStoryboardStore({ ...starterStoryboard(), shots });
  store.actions.measureBy((seconds, fps) => latentFramesOf(seconds, fps, 4));
});

describe('the lock of a shot', () => {
  it('goes with its length, in one undo step', () => {
    store.actions.editShot(shotId(0), { seconds: 2 });
    expect(locks()).toEqual([false, true, false]);
    expect(steps()).toBe(1);
    store.actions.undo();
    expect(locks()).toEqual([true, true, false]);
    store.actions.redo();
    expect(locks()).toEqual([false, true, false]);
  });

  it('stays where the length comes to as many latent frames', () => {
    store.actions.editShot(shotId(0), { seconds: 1.05 });
    expect(locks()).toEqual([true, true, false]);
  });

  it('is back when a drag comes back to where it began, but not after the drag', () => {
    for (const seconds of [1.5, 2, 1.5]) store.actions.editShot(shotId(0), { seconds });
    expect(locks()).toEqual([false, true, false]);
    store.actions.editShot(shotId(0), { seconds: 1 });
    expect(locks()).toEqual([true, true, false]);
    expect(steps()).toBe(1);
    store.actions.editShot(shotId(0), { seconds: 2 });
    store.actions.endStep();
    store.actions.editShot(shotId(0), { seconds: 1 });
    expect(locks()).toEqual([false, true, false]);
  });

  it('goes with the size of the film, and with a frame rate that changes its latent frames', () => {
    store.actions.editFilm({ width: 256, height: 256 });
    expect(locks()).toEqual([false, false, false]);
    store.actions.undo();
    store.actions.editFilm({ fps: 30 });
    expect(locks()).toEqual([false, false, false]);
    store.actions.undo();
    expect(locks()).toEqual([true, true, false]);
  });

  it('stays through every other edit', () => {
    store.actions.editShot(shotId(0), { prompt: 'another', seed: 5 });
    store.actions.editFilm({ seed: 8, look: 'at dawn', steps: 4, guidance: 2 });
    store.actions.moveShot(shotId(0), 2);
    store.actions.editShot(shotId(0), { locked: false });
    expect(locks()).toEqual([false, false, true]);
  });
});
