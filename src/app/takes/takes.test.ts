import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { loadFilmRecord } from '../../library/database.ts';
import { filmResult, storyboardOf } from '../../library/fixtures/records.ts';
import { saveFilmRecord } from '../../library/takes.ts';
import { planGeometry } from '../../plan/geometry.ts';
import { papercut } from '../../plan/testing.ts';
import { createStoryboardStore, type StoryboardStore } from '../../storyboard/store.ts';
import type { Film, GenerationState, Job } from '../generation.ts';
import { nothingYet } from '../generationState.ts';
import type { LibraryState } from '../library.ts';
import { notices } from '../notices.ts';
import { createTakes, type Takes } from './takes.ts';

const newState = () => createStore<GenerationState>()(() => nothingYet);

let storyboard: StoryboardStore;
let state: ReturnType<typeof newState>;
let takes: Takes;
let shown: Film[];
/** Called while a film is read from the disk. */
let whileReading: () => void;

const sentences = () => notices.getState().shown.map(({ sentence }) => sentence);
const onStage = async () => (await loadFilmRecord('d')).value?.fileName;

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  notices.setState({ shown: [] });
  for (const fileName of ['1.mp4', '2.mp4']) await saveFilmRecord('d', filmResult(fileName));
  storyboard = createStoryboardStore(storyboardOf('x'));
  storyboard.actions.restore('d', storyboardOf('Film'));
  state = newState();
  shown = [];
  whileReading = () => undefined;
  takes = createTakes({
    storyboard,
    generation: { state, show: (film) => shown.push(film) },
    library: {
      state: createStore<{ shown: LibraryState | null }>()(() => ({ shown: null })),
      deleteFilm: async () => undefined,
    },
    files: {
      listFilms: async () => [],
      readFilm: async (fileName) => {
        whileReading();
        return new File([], fileName);
      },
    },
    geometryOf: (document) => planGeometry(document, papercut),
  });
});

describe('showing a take', () => {
  it('puts it on the stage and keeps it there', async () => {
    await takes.show('1.mp4');
    expect(shown).toMatchObject([{ documentId: 'd', record: { fileName: '1.mp4' } }]);
    expect(await onStage()).toBe('1.mp4');
    expect(sentences()).toEqual([]);
  });

  it('is refused while a film is being made, of whatever storyboard', async () => {
    state.setState({ job: { documentId: 'another' } as Job });
    await takes.show('1.mp4');
    expect(sentences()).toEqual([expect.stringMatching(/A film is being made: wait for it, or stop it/)]);
    expect(shown).toEqual([]);
    expect(await onStage()).toBe('2.mp4');
  });

  it('leaves the stage to a film in the making, or a storyboard, that came while it was read', async () => {
    whileReading = () => state.setState({ job: { documentId: 'd' } as Job });
    await takes.show('1.mp4');
    state.setState({ job: null });
    whileReading = () => storyboard.actions.open(storyboardOf('Other'), 'other');
    await takes.show('1.mp4');
    expect(shown).toEqual([]);
    expect(sentences()).toEqual([]);
  });
});
