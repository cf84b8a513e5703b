import { beforeEach, expect, it } from 'vitest';
import { wanModels } from '../../model/wanConfig.ts';
import { storyboardSchema } from '../../storyboard/document.ts';
import { starterStoryboard } from '../../storyboard/starter.ts';
import { createStoryboardStore, type StoryboardStore } from '../../storyboard/store.ts';
import { notices, takeOffer } from '../notices.ts';
import { createModelSwitch, type SwitchModel } from './switchModel.ts';

let store: StoryboardStore;
let switchModel: SwitchModel;

const film = () => store.getState().document;
const steps = () => store.temporal.getState().pastStates.length;
const told = () => notices.getState().shown;

function takeBack(): void {
  const [notice] = told();
  if (notice) takeOffer(notice.id);
}

beforeEach(() => {
  notices.setState({ shown: [] });
  store = createStoryboardStore(starterStoryboard());
  switchModel = createModelSwitch(store);
});

it('brings what suits the model in one undo step, and says so', () => {
  store.actions.editFilm({ sampler: 'unipc', shift: 4 });
  const before = film();
  switchModel('wan2.1-1.3b', false);
  expect(film()).toMatchObject({
    model: 'wan2.1-1.3b',
    width: 832,
    height: 480,
    fps: 16,
    steps: 50,
    guidance: 6,
    attention: 'dense',
    sampler: undefined,
    shift: undefined,
  });
  expect(told().map(({ sentence }) => sentence)).toEqual([
    'Wan2.1 1.3B came with settings of its own: 832×480 at 16 frames a second, 50 steps, guidance 6, dense attention.',
  ]);
  expect(steps()).toBe(2);
  store.actions.undo();
  expect(film()).toBe(before);
});

it('takes a router that there is', () => {
  switchModel('wan2.1-14b', true);
  expect(film().attention).toBe('moga');
});

it('keeps an upright film upright, and its words', () => {
  store.actions.editFilm({ width: 192, height: 320, negative: 'rain' });
  const { shots } = film();
  switchModel('wan2.1-14b', false);
  expect(film()).toMatchObject({ width: 480, height: 832, negative: 'rain', shots });
});

it('has a model again as the person had set it', () => {
  store.actions.editFilm({ steps: 24, guidance: 2 });
  switchModel('wan2.1-14b', false);
  store.actions.editFilm({ attention: 'kmeans', shift: 9 });
  switchModel('papercut', true);
  expect(film()).toMatchObject({ width: 320, steps: 24, guidance: 2, attention: 'moga' });
  expect(told()[0]?.sentence).toMatch(/^Papercut is set as it was: 320×192 .*24 steps, guidance 2, MoGA/);
  switchModel('wan2.1-14b', false);
  expect(film()).toMatchObject({ width: 832, attention: 'kmeans', shift: 9 });
});

it('knows nothing of what another storyboard was set to', () => {
  store.actions.editFilm({ steps: 24 });
  switchModel('wan2.1-14b', false);
  store.actions.open({ ...starterStoryboard(), model: 'wan2.1-14b', steps: 50 });
  switchModel('papercut', true);
  expect(film().steps).toBe(starterStoryboard().steps);
});

it('offers the way back, which is an undo', () => {
  const before = film();
  switchModel('wan2.1-14b', false);
  takeBack();
  expect(film()).toBe(before);
  expect(steps()).toBe(0);
  expect(told()).toEqual([]);
});

it('keeps edits that were made since when the person goes back', () => {
  const before = film();
  switchModel('wan2.1-14b', false);
  store.actions.editFilm({ look: 'at dawn' });
  takeBack();
  expect(film()).toEqual({ ...before, look: 'at dawn' });
});

it('does not go back in another storyboard', () => {
  switchModel('wan2.1-14b', false);
  store.actions.open({ ...starterStoryboard(), title: 'Another' });
  const another = film();
  takeBack();
  expect(film()).toBe(another);
});

it('tells of the last switch only', () => {
  switchModel('wan2.1-14b', false);
  switchModel('wan2.1-1.3b', false);
  expect(told()).toHaveLength(1);
  switchModel('wan2.1-1.3b', false);
  expect(steps()).toBe(2);
});

it.each([...wanModels, 'papercut'])('sets %s to what a storyboard may be', (model) => {
  for (const routed of [true, false]) {
    const other = createStoryboardStore({ ...starterStoryboard(), model: 'another' });
    createModelSwitch(other)(model, routed);
    expect(storyboardSchema.safeParse(other.getState().document).success).toBe(true);
  }
});
