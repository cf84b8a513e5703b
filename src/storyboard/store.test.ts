import { beforeEach, describe, expect, it } from 'vitest';
import { limits } from './document.ts';
import { newShot, starterStoryboard } from './starter.ts';
import { createStoryboardStore, type StoryboardStore, selectedShot } from './store.ts';

let store: StoryboardStore;
const document = () => store.getState().document;
const prompts = () => document().shots.map((shot) => shot.prompt);
const shotId = (index: number) => document().shots[index]?.id ?? '';
const steps = () => store.temporal.getState().pastStates.length;

beforeEach(() => {
  const shots = ['one', 'two', 'three'].map((prompt) => ({ ...newShot(1), prompt }));
  store = createStoryboardStore({ ...starterStoryboard(), shots });
});

describe('shots', () => {
  it('adds an empty shot after the selected one, as long as it, and selects it', () => {
    store.actions.editShot(shotId(1), { seconds: 2.5 });
    store.actions.select(shotId(1));
    const id = store.actions.addShot();
    expect(prompts()).toEqual(['one', 'two', '', 'three']);
    expect(selectedShot(store.getState()).shot).toMatchObject({ id, seconds: 2.5 });
  });

  it('duplicates a shot under an id of its own', () => {
    const id = store.actions.duplicateShot(shotId(0));
    expect(prompts()).toEqual(['one', 'one', 'two', 'three']);
    expect(new Set(document().shots.map((shot) => shot.id)).size).toBe(4);
    expect(store.getState().selectedShotId).toBe(id);
  });

  it('selects the next shot when the selected one goes, and keeps the last', () => {
    store.actions.select(shotId(1));
    store.actions.removeShot(shotId(1));
    expect(selectedShot(store.getState()).shot.prompt).toBe('three');
    store.actions.removeShot(shotId(1));
    store.actions.removeShot(shotId(0));
    expect(prompts()).toEqual(['one']);
  });

  it('splits a shot in two that both keep its words, and selects the second', () => {
    store.actions.editShot(shotId(1), { seed: 5 });
    const id = store.actions.splitShot(shotId(1), [0.25, 0.75]);
    expect(prompts()).toEqual(['one', 'two', 'two', 'three']);
    expect(document().shots[1]).toMatchObject({ seconds: 0.25, seed: 5 });
    expect(selectedShot(store.getState()).shot).toMatchObject({ id, seconds: 0.75, seed: 5 });
    store.actions.undo();
    expect(prompts()).toEqual(['one', 'two', 'three']);
    expect(document().shots[1]?.seconds).toBe(1);
  });

  it('parts the way of a subject that was placed where its shot is cut', () => {
    const place = { from: { x: 0, y: 0.5 }, to: { x: 1, y: 0.5 }, scale: 2 };
    store.actions.editShot(shotId(1), { place });
    store.actions.splitShot(shotId(1), [0.25, 0.75]);
    const [, first, second, other] = document().shots;
    expect(first?.place).toEqual({ ...place, to: { x: 0.25, y: 0.5 } });
    expect(second?.place).toEqual({ ...place, from: { x: 0.25, y: 0.5 } });
    expect(other).not.toHaveProperty('place');
    store.actions.mergeShot(shotId(1), 1);
    expect(document().shots[1]?.place).toEqual(place);
    store.actions.mergeShot(shotId(0), 2);
    expect(document().shots[0]).not.toHaveProperty('place');
  });

  it('merges a shot with the next, whose words count only where the first has none', () => {
    store.actions.mergeShot(shotId(0), 2);
    expect(prompts()).toEqual(['one', 'three']);
    expect(document().shots[0]?.seconds).toBe(2);
    store.actions.editShot(shotId(0), { prompt: ' ' });
    store.actions.mergeShot(shotId(0), 3);
    expect(prompts()).toEqual(['three']);
    store.actions.mergeShot(shotId(0), 4);
    expect(document().shots[0]?.seconds).toBe(3);
  });

  it('moves a shot, and stops at both ends', () => {
    store.actions.moveShot(shotId(0), 2);
    expect(prompts()).toEqual(['two', 'three', 'one']);
    store.actions.moveShot(shotId(2), -5);
    expect(prompts()).toEqual(['one', 'two', 'three']);
    store.actions.moveShot(shotId(0), -1);
    expect(steps()).toBe(2);
  });

  it('takes a list of shots in the place of one, as one step', () => {
    store.actions.editShot(shotId(1), { locked: true });
    store.actions.editShot(shotId(2), { locked: true });
    const before = document();
    const lines = [
      { prompt: 'a', seconds: 2 },
      { prompt: 'b', seconds: null },
      { prompt: 'c', seconds: 3 },
    ];
    expect(store.actions.spreadShots(shotId(1), lines)).toBe(true);
    expect(prompts()).toEqual(['one', 'a', 'b', 'c', 'three']);
    expect(document().shots.map(({ seconds }) => seconds)).toEqual([1, 2, 1, 3, 1]);
    // The pictures of one that has another length now do not fit.
    expect(document().shots.map(({ locked }) => locked)).toEqual([false, false, false, false, true]);
    expect(new Set(document().shots.map(({ id }) => id)).size).toBe(5);
    store.actions.editShot(shotId(1), { prompt: 'as typed' });
    store.actions.undo();
    store.actions.undo();
    expect(document()).toBe(before);
  });

  it('takes no list that is empty, too long, or for a shot that is not there', () => {
    const before = document();
    expect(store.actions.spreadShots(shotId(0), [])).toBe(false);
    expect(store.actions.spreadShots('none', [{ prompt: 'a', seconds: null }])).toBe(false);
    const room = limits.shots - before.shots.length + 1;
    const lines = Array.from({ length: room + 1 }, () => ({ prompt: 'a', seconds: null }));
    expect(store.actions.spreadShots(shotId(0), lines)).toBe(false);
    expect(document()).toBe(before);
    expect(store.actions.spreadShots(shotId(0), lines.slice(1))).toBe(true);
    expect(document().shots).toHaveLength(limits.shots);
  });

  it('refuses more shots than a film may have', () => {
    while (document().shots.length < limits.shots) store.actions.addShot();
    expect(store.actions.addShot()).toBeNull();
    expect(store.actions.duplicateShot(shotId(0))).toBeNull();
    expect(document().shots).toHaveLength(limits.shots);
  });
});

describe('lengths', () => {
  it('of several shots are one step, also through a drag', () => {
    store.actions.addShot();
    store.actions.endStep();
    const before = document();
    const ids = before.shots.map(({ id }) => id);
    for (const seconds of [2.5, 4]) {
      store.actions.setLengths(new Map(ids.map((id) => [id, seconds])));
      expect(document().shots.map((shot) => shot.seconds)).toEqual(ids.map(() => seconds));
    }
    store.actions.undo();
    expect(document()).toBe(before);
  });

  it('leave alone what is not named, and are no edit where nothing changes', () => {
    const [first, second] = document().shots;
    store.actions.setLengths(new Map([[shotId(0), 7]]));
    expect(document().shots[1]).toBe(second);
    expect(document().shots[0]).toEqual({ ...first, seconds: 7 });
    const taken = steps();
    store.actions.setLengths(new Map([[shotId(0), 7]]));
    expect(steps()).toBe(taken);
  });

  it('cost a shot its lock where its pictures no longer fit', () => {
    store.actions.editShot(shotId(0), { locked: true });
    store.actions.setLengths(new Map([[shotId(0), 9]]));
    expect(document().shots[0]?.locked).toBe(false);
  });
});

describe('undo', () => {
  it('takes typing in one field as one step', () => {
    for (const prompt of ['t', 'th', 'the']) store.actions.editShot(shotId(0), { prompt });
    expect(steps()).toBe(1);
    store.actions.undo();
    expect(prompts()[0]).toBe('one');
    store.actions.redo();
    expect(prompts()[0]).toBe('the');
  });

  it('starts a step at another field, another shot and after endStep', () => {
    store.actions.editShot(shotId(0), { prompt: 'a' });
    store.actions.editShot(shotId(1), { prompt: 'b' });
    store.actions.editShot(shotId(1), { seconds: 3 });
    store.actions.editFilm({ seed: 8 });
    store.actions.endStep();
    store.actions.editFilm({ seed: 9 });
    expect(steps()).toBe(5);
    store.actions.undo();
    expect(document().seed).toBe(8);
  });

  it('starts a step when typing goes on after an undo', () => {
    store.actions.editFilm({ title: 'a' });
    store.actions.undo();
    store.actions.editFilm({ title: 'b' });
    store.actions.undo();
    expect(document().title).toBe(starterStoryboard().title);
  });

  it('does not record an edit that changes nothing, nor a selection', () => {
    store.actions.editFilm({ seed: document().seed });
    store.actions.select(shotId(2));
    expect(steps()).toBe(0);
  });

  it('brings the storyboard back that another one replaced, with its id', () => {
    const before = store.getState();
    store.actions.open(starterStoryboard());
    expect(store.getState().documentId).not.toBe(before.documentId);
    store.actions.undo();
    expect(document()).toBe(before.document);
    expect(store.getState().documentId).toBe(before.documentId);
  });

  it('has no history of a restored storyboard', () => {
    store.actions.editFilm({ title: 'a' });
    store.actions.restore('kept', starterStoryboard());
    expect(store.getState().documentId).toBe('kept');
    expect(steps()).toBe(0);
  });

  it('leaves a selection that exists', () => {
    const id = store.actions.addShot();
    expect(store.getState().selectedShotId).toBe(id);
    store.actions.undo();
    expect(document().shots.map((shot) => shot.id)).toContain(store.getState().selectedShotId);
  });
});
