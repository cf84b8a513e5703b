import { beforeEach, describe, expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { planGeometry } from '../../plan/geometry.ts';
import type { RenderOptions } from '../../render/protocol.ts';
import type { Storyboard } from '../../storyboard/document.ts';
import { newShot, starterStoryboard } from '../../storyboard/starter.ts';
import { createStoryboardStore, type StoryboardStore } from '../../storyboard/store.ts';
import type { Film, GenerationState, Job } from '../generation.ts';
import { nothingYet } from '../generationState.ts';
import { notices } from '../notices.ts';
import { createReroll } from './reroll.ts';

const model = { dit: { patch: [1, 2, 2] as [1, number, number], z: 16 }, ae: { spatial: 8, temporal: 4 } };
const geometryOf = (document: Storyboard) => planGeometry(document, model);

let store: StoryboardStore;
let state: ReturnType<typeof newState>;
/** What was asked of the engine. */
let asked: RenderOptions[];
let draft: boolean;

const newState = () => createStore<GenerationState>()(() => nothingYet);
const seeds = () => store.getState().document.shots.map(({ seed }) => seed);
const shotId = (index: number) => store.getState().document.shots[index]?.id ?? '';
const notice = () => notices.getState().shown.at(-1)?.sentence;
const steps = () => store.temporal.getState().pastStates.length;

/** The film of the storyboard as it stands is on the stage. */
function stageFilm(): void {
  const { document, documentId } = store.getState();
  const record = { fileName: 'film.mp4', storyboard: document } as Film['record'];
  const film = { documentId, record, geometry: geometryOf(document), file: new File([], 'x'), url: '' };
  state.setState({ film });
}

beforeEach(() => {
  notices.setState({ shown: [] });
  store = createStoryboardStore({ ...starterStoryboard(), shots: [newShot(1), newShot(1), newShot(1)] });
  state = newState();
  asked = [];
  draft = false;
});

function reroll() {
  return createReroll({
    storyboard: store,
    generation: {
      state,
      generate: async (options = {}) => {
        asked.push(options);
        throw new Error('told elsewhere');
      },
    },
    geometryOf,
    isDraft: () => draft,
  });
}

describe('re-rolling a shot', () => {
  it('gives it a seed of its own in one undo step and makes only it', () => {
    stageFilm();
    reroll().shot(shotId(1));
    expect(seeds()).toEqual([null, expect.any(Number), null]);
    expect(asked).toEqual([{ only: shotId(1) }]);
    expect(steps()).toBe(1);
    reroll().shot(shotId(1));
    expect(steps()).toBe(2);
    store.actions.undo();
    store.actions.undo();
    expect(seeds()).toEqual([null, null, null]);
  });

  it('makes a draft of it where the person asks for drafts', () => {
    stageFilm();
    draft = true;
    reroll().shot(shotId(0));
    expect(asked).toEqual([{ only: shotId(0), draft: true }]);
  });

  it('needs no film where there is no other shot', () => {
    store.actions.removeShot(shotId(2));
    store.actions.removeShot(shotId(1));
    reroll().shot(shotId(0));
    expect(asked).toEqual([{ only: shotId(0) }]);
  });

  const refusals: [string, () => void, RegExp][] = [
    ['without a film', () => undefined, /no film yet.*generate the film first/],
    [
      'with the film of another storyboard',
      () => {
        stageFilm();
        store.actions.open({ ...starterStoryboard(), shots: [newShot(1), newShot(1)] });
      },
      /no film yet/,
    ],
    [
      'while a film is being made',
      () => {
        stageFilm();
        state.setState({ job: { documentId: 'x' } as Job });
      },
      /being made/,
    ],
    [
      'beside a shot of another length',
      () => {
        stageFilm();
        store.actions.editShot(shotId(2), { seconds: 2 });
      },
      /^Shot 3 has another length/,
    ],
    [
      'beside a shot that is not in the film',
      () => {
        stageFilm();
        store.actions.addShot();
      },
      /^Shot 2 is not in the film/,
    ],
    [
      'in another size',
      () => {
        stageFilm();
        store.actions.editFilm({ width: 256, height: 256 });
      },
      /another size/,
    ],
    ['of a size that cannot be made', () => store.actions.editFilm({ width: 40 }), /choose a width/],
  ];
  it.each(refusals)('is refused %s, and draws no seed', (_, prepare, sentence) => {
    prepare();
    const before = store.getState().document;
    reroll().shot(shotId(0));
    expect(notice()).toMatch(sentence);
    expect(store.getState().document).toBe(before);
    expect(asked).toEqual([]);
  });

  it('does not mind another length of the shot itself, nor other words of the others', () => {
    stageFilm();
    store.actions.editShot(shotId(0), { seconds: 2 });
    store.actions.editShot(shotId(1), { prompt: 'another' });
    reroll().shot(shotId(0));
    expect(asked).toEqual([{ only: shotId(0) }]);
  });
});

describe('re-rolling the film', () => {
  it('draws a seed in one undo step and generates', () => {
    const before = store.getState().document.seed;
    reroll().film();
    expect(store.getState().document.seed).not.toBe(before);
    expect(asked).toEqual([{}]);
    expect(steps()).toBe(1);
  });

  it('is refused where no shot follows the seed of the film', () => {
    for (const [index, fields] of [{ seed: 1 }, { locked: true }, { seed: 3 }].entries()) {
      store.actions.editShot(shotId(index), fields);
    }
    reroll().film();
    expect(notice()).toMatch(/No shot follows the seed/);
    expect(asked).toEqual([]);
  });
});
