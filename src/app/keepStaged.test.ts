import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { createStills, type StillsStore } from '../film/player/stills.ts';
import { filmResult, storyboardOf } from '../library/fixtures/records.ts';
import { saveFilmRecord } from '../library/takes.ts';
import { planGeometry } from '../plan/geometry.ts';
import { papercut } from '../plan/testing.ts';
import { createStoryboardStore, type StoryboardStore } from '../storyboard/store.ts';
import type { Film, GenerationState, Job } from './generation.ts';
import { nothingYet } from './generationState.ts';
import { keepStaged } from './keepStaged.ts';

const newState = () => createStore<GenerationState>()(() => nothingYet);

let storyboard: StoryboardStore;
let stills: StillsStore;
let state: ReturnType<typeof newState>;
/** Names of the films that came to the stage. */
let staged: string[];
let restage: () => Promise<void>;
/** Called while a film is read from the disk. */
let whileReading: () => void;

const open = (documentId: string) => storyboard.actions.open(storyboardOf(documentId), documentId);
const job = { documentId: 'a' } as Job;

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  await saveFilmRecord('a', filmResult('a.mp4'));
  await saveFilmRecord('b', filmResult('b.mp4'));
  storyboard = createStoryboardStore(storyboardOf('x'));
  storyboard.actions.restore('a', storyboardOf('a'));
  stills = createStills();
  state = newState();
  staged = [];
  whileReading = () => undefined;
  const show = (film: Film) => {
    staged.push(film.record.fileName);
    state.setState({ film });
    stills.setState({ documentId: film.documentId });
  };
  restage = keepStaged({
    storyboard,
    generation: { state, show },
    stills,
    readFilm: async (fileName) => {
      whileReading();
      return new File([], fileName);
    },
    geometryOf: (document) => planGeometry(document, papercut),
  });
  await expect.poll(() => staged).toEqual(['a.mp4']);
});

describe('the film of the open storyboard', () => {
  it('comes to the stage when its storyboard is opened, and is not put there twice', async () => {
    open('b');
    await expect.poll(() => staged).toEqual(['a.mp4', 'b.mp4']);
    await restage();
    expect(staged).toHaveLength(2);
    open('without a film');
    await restage();
    expect(staged).toHaveLength(2);
  });

  it('waits for the film in the making of another storyboard, and comes when that has ended', async () => {
    state.setState({ job });
    open('b');
    await restage();
    expect(staged).toEqual(['a.mp4']);
    state.setState({ job: null });
    await expect.poll(() => staged).toEqual(['a.mp4', 'b.mp4']);
  });

  it('is put there anew where the pictures of another film took the place of its own', async () => {
    state.setState({ job: { ...job, documentId: 'new' } });
    stills.setState({ documentId: 'new' });
    state.setState({ job: null });
    await expect.poll(() => staged).toEqual(['a.mp4', 'a.mp4']);
  });

  it('stays away when another storyboard was opened while it was read', async () => {
    storyboard.actions.restore('b', storyboardOf('b'));
    await expect.poll(() => staged).toHaveLength(2);
    whileReading = () => {
      whileReading = () => undefined;
      storyboard.actions.restore('without a film', storyboardOf('x'));
    };
    storyboard.actions.restore('a', storyboardOf('a'));
    await expect.poll(() => storyboard.getState().documentId).toBe('without a film');
    await restage();
    expect(staged).toEqual(['a.mp4', 'b.mp4']);
  });
});
