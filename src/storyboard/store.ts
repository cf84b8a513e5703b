import { type TemporalState, temporal } from 'zundo';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { halvesOf, mergedOf, noOrigins, type OriginPart, type Origins } from '../film/player/origins.ts';
import { limits, type Shot, type Storyboard } from './document.ts';
import { keepFittingLocks, type LatentFramesOf } from './fittingLocks.ts';
import { halfPlaces, mergedPlace } from './place.ts';
import type { ShotLine } from './shotList.ts';
import { newShot, newShotId } from './starter.ts';

/** Settings of the film as a whole. */
export type FilmFields = Pick<
  Storyboard,
  | 'title'
  | 'look'
  | 'negative'
  | 'model'
  | 'width'
  | 'height'
  | 'fps'
  | 'seed'
  | 'steps'
  | 'guidance'
  | 'guidanceEvery'
  | 'attention'
  | 'sampler'
  | 'shift'
  | 'carry'
>;

/** What a person may change about a shot. */
export type ShotFields = Pick<Shot, 'prompt' | 'seconds' | 'seed' | 'locked' | 'place'>;

export interface StoryboardState {
  document: Storyboard;
  /** Under which the library keeps this storyboard and its film; another one when another storyboard is opened. */
  documentId: string;
  selectedShotId: string;
  /** What shots that came out of cuts were before, so that they keep showing the pictures of their part. */
  origins: Origins;
}

export interface StoryboardActions {
  select(shotId: string): void;
  /** Puts an empty shot after the selected one and selects it. Returns its id, null when the film is full. */
  addShot(): string | null;
  duplicateShot(shotId: string): string | null;
  /** Removes a shot; the last one stays, since a film has at least one. */
  removeShot(shotId: string): void;
  /** Cuts a shot in two of the given lengths, both with its prompt under ids of their own, and selects the second. Returns its id, null when the film is full. */
  splitShot(shotId: string, seconds: readonly [first: number, second: number]): string | null;
  /** Makes one shot of a shot and the next, `seconds` long, with the first one's words unless it has none, under an id of its own. */
  mergeShot(shotId: string, seconds: number): void;
  /** Gives a shot the first of some shots' words and lengths, and puts the others behind it; false when that is more than a film can have. */
  spreadShots(shotId: string, lines: readonly ShotLine[]): boolean;
  /** Moves a shot to position `index`. */
  moveShot(shotId: string, index: number): void;
  editShot(shotId: string, fields: Partial<ShotFields>): void;
  /** Gives shots the lengths in seconds that stand under their ids. */
  setLengths(seconds: ReadonlyMap<string, number>): void;
  editFilm(fields: Partial<FilmFields>): void;
  /** Opens another storyboard, one that the library has if `documentId` says so; undo brings the present one back. */
  open(storyboard: Storyboard, documentId?: string): void;
  /** Goes on with the storyboard that the library kept, without history. */
  restore(documentId: string, storyboard: Storyboard): void;
  /** Puts what another tab has made of this storyboard in its place; several of those after each other are one undo step. */
  takeOver(storyboard: Storyboard): void;
  /** Puts a storyboard, on the page and in the history, under another id and title; no undo step. */
  moveTo(documentId: string, to: { documentId: string; title: string }): void;
  /**
   * Tells how many latent frames the model makes of so many seconds. An edit that changes a locked shot's number of
   * them, or the size of the film, takes its lock with it, since the pictures that it keeps would not fit. Before this
   * is known every change of seconds counts.
   */
  measureBy(latentFrames: LatentFramesOf): void;
  /** Ends the running undo step: the next edit starts a new one, even in the same field. */
  endStep(): void;
  undo(): void;
  redo(): void;
}

type Recorded = Pick<StoryboardState, 'document' | 'documentId'>;

export type StoryboardStore = StoreApi<StoryboardState> & {
  temporal: StoreApi<TemporalState<Recorded>>;
  actions: StoryboardActions;
};

const undoSteps = 200;

/**
 * The storyboard being edited, with undo. Every edit is one undo step; edits of the same field that follow
 * each other, such as typing or a drag, are one step together until `endStep`.
 */
export function createStoryboardStore(initial: Storyboard): StoryboardStore {
  const store = createStore<StoryboardState>()(
    temporal(() => ({ ...opened(crypto.randomUUID(), initial), origins: noOrigins }), {
      limit: undoSteps,
      partialize: ({ document, documentId }): Recorded => ({ document, documentId }),
      equality: (past, current) => past.document === current.document,
    }),
  );
  return Object.assign(store, { actions: createActions(store) });
}

/** The shot that the inspector shows; the first one when undo took the selected shot away. */
export function selectedShot(state: StoryboardState): { shot: Shot; index: number } {
  const { shots } = state.document;
  const index = Math.max(
    0,
    shots.findIndex((shot) => shot.id === state.selectedShotId),
  );
  const shot = shots[index];
  if (!shot) throw new Error('Invariant: a storyboard has at least one shot');
  return { shot, index };
}

function createActions(store: Omit<StoryboardStore, 'actions'>): StoryboardActions {
  let openStep: string | null = null;
  /** The document as it was when the open step began. */
  let stepStart = store.getState().document;
  let latentFrames: LatentFramesOf = (seconds, fps) => seconds * fps;

  /** Edits under one step name that follow each other share an undo step; null never shares. */
  function commit(step: string | null, next: Partial<StoryboardState>): void {
    const history = store.temporal.getState();
    const continues = step !== null && step === openStep;
    if (!continues) stepStart = store.getState().document;
    if (continues) history.pause();
    store.setState(next);
    if (continues) history.resume();
    openStep = step;
  }

  function setShots(step: string | null, shots: Shot[], selectedShotId?: string): void {
    const { document, selectedShotId: selected } = store.getState();
    commit(step, { document: { ...document, shots }, selectedShotId: selectedShotId ?? selected });
  }

  /** Commits an edit of lengths or sizes: shots keep their locks where their pictures still fit. */
  function commitFitting(step: string, document: Storyboard): void {
    const start = step === openStep ? stepStart : store.getState().document;
    commit(step, { document: keepFittingLocks(start, document, latentFrames) });
  }

  function remember(...cuts: [shotId: string, parts: readonly OriginPart[]][]): void {
    store.setState(({ origins }) => ({ origins: new Map([...origins, ...cuts]) }));
  }

  function insertAfter(index: number, shot: Shot): string | null {
    const { shots } = store.getState().document;
    if (shots.length >= limits.shots) return null;
    setShots(null, shots.toSpliced(index + 1, 0, shot), shot.id);
    return shot.id;
  }

  function travel(direction: 'undo' | 'redo'): void {
    openStep = null;
    store.temporal.getState()[direction]();
    keepSelection();
  }

  /** Selects another shot where the selected one is no more. */
  function keepSelection(): void {
    const { shot } = selectedShot(store.getState());
    store.setState({ selectedShotId: shot.id });
  }

  return {
    select(shotId) {
      if (shotId !== store.getState().selectedShotId) store.setState({ selectedShotId: shotId });
    },
    addShot() {
      const { shot, index } = selectedShot(store.getState());
      return insertAfter(index, newShot(shot.seconds));
    },
    duplicateShot(shotId) {
      const { shots } = store.getState().document;
      const index = shots.findIndex((shot) => shot.id === shotId);
      const shot = shots[index];
      return shot ? insertAfter(index, { ...shot, id: newShotId(), locked: false }) : null;
    },
    removeShot(shotId) {
      const { shots } = store.getState().document;
      const index = shots.findIndex((shot) => shot.id === shotId);
      if (index < 0 || shots.length === 1) return;
      const neighbour = shots[index + 1] ?? shots[index - 1];
      const wasSelected = selectedShot(store.getState()).index === index;
      setShots(null, shots.toSpliced(index, 1), wasSelected ? neighbour?.id : undefined);
    },
    splitShot(shotId, [firstSeconds, secondSeconds]) {
      const { shots } = store.getState().document;
      const index = shots.findIndex((shot) => shot.id === shotId);
      const shot = shots[index];
      if (!shot || shots.length >= limits.shots) return null;
      // A locked shot keeps its pictures; neither half is the shot that they were made for.
      const first = { ...shot, id: newShotId(), seconds: firstSeconds, locked: false };
      const [firstWay, secondWay] = halfPlaces(shot.place, firstSeconds / (firstSeconds + secondSeconds));
      const second = { ...first, ...secondWay, id: newShotId(), seconds: secondSeconds };
      const [firstPart, secondPart] = halvesOf(shotId, [firstSeconds, secondSeconds]);
      remember([first.id, [firstPart]], [second.id, [secondPart]]);
      setShots(null, shots.toSpliced(index, 1, { ...first, ...firstWay }, second), second.id);
      return second.id;
    },
    mergeShot(shotId, seconds) {
      const { shots } = store.getState().document;
      const index = shots.findIndex((shot) => shot.id === shotId);
      const shot = shots[index];
      const next = shots[index + 1];
      if (!shot || !next) return;
      // One that says nothing takes the words of the other, and the place that was meant for them.
      const { prompt, place: own } = shot.prompt.trim() === '' ? next : shot;
      const place = shot.place && next.place ? mergedPlace(shot.place, next.place) : own;
      const { place: _, ...first } = shot;
      const merged = { ...first, ...(place && { place }), id: newShotId(), prompt, seconds, locked: false };
      remember([merged.id, mergedOf([shot.id, next.id], [shot.seconds, next.seconds])]);
      setShots(null, shots.toSpliced(index, 2, merged), merged.id);
    },
    spreadShots(shotId, [first, ...others]) {
      const { document } = store.getState();
      const index = document.shots.findIndex((shot) => shot.id === shotId);
      const shot = document.shots[index];
      if (!shot || !first || document.shots.length + others.length > limits.shots) return false;
      const filled = { ...shot, prompt: first.prompt, seconds: first.seconds ?? shot.seconds };
      const behind = others.map(({ prompt, seconds }) => ({ ...newShot(seconds ?? shot.seconds), prompt }));
      openStep = null;
      commitFitting('lines', { ...document, shots: document.shots.toSpliced(index, 1, filled, ...behind) });
      openStep = null;
      return true;
    },
    moveShot(shotId, index) {
      const { shots } = store.getState().document;
      const from = shots.findIndex((shot) => shot.id === shotId);
      const shot = shots[from];
      const to = Math.min(Math.max(index, 0), shots.length - 1);
      if (!shot || from === to) return;
      setShots(null, shots.toSpliced(from, 1).toSpliced(to, 0, shot));
    },
    editShot(shotId, fields) {
      const { shots } = store.getState().document;
      const index = shots.findIndex((shot) => shot.id === shotId);
      const shot = shots[index];
      if (!shot || !changes(shot, fields)) return;
      const step = `shot ${shotId} ${Object.keys(fields).join()}`;
      const edited = shots.with(index, { ...shot, ...fields });
      if ('seconds' in fields) commitFitting(step, { ...store.getState().document, shots: edited });
      else setShots(step, edited);
    },
    setLengths(seconds) {
      const { document } = store.getState();
      const shots = document.shots.map((shot) => {
        const length = seconds.get(shot.id) ?? shot.seconds;
        return length === shot.seconds ? shot : { ...shot, seconds: length };
      });
      if (shots.every((shot, index) => shot === document.shots[index])) return;
      commitFitting(`lengths ${[...seconds.keys()].join()}`, { ...document, shots });
    },
    editFilm(fields) {
      const { document } = store.getState();
      if (!changes(document, fields)) return;
      commitFitting(`film ${Object.keys(fields).join()}`, { ...document, ...fields });
    },
    open(storyboard, documentId = crypto.randomUUID()) {
      commit(null, opened(documentId, storyboard));
    },
    restore(documentId, storyboard) {
      commit(null, opened(documentId, storyboard));
      store.temporal.getState().clear();
    },
    takeOver(storyboard) {
      commit('another tab', { document: storyboard });
      keepSelection();
    },
    moveTo(documentId, to) {
      const moved = <T extends Partial<Recorded>>(state: T): T =>
        state.documentId === documentId && state.document
          ? { ...state, documentId: to.documentId, document: { ...state.document, title: to.title } }
          : state;
      const history = store.temporal.getState();
      store.temporal.setState({
        pastStates: history.pastStates.map(moved),
        futureStates: history.futureStates.map(moved),
      });
      history.pause();
      store.setState(moved);
      history.resume();
    },
    measureBy(measure) {
      latentFrames = measure;
    },
    endStep() {
      openStep = null;
    },
    undo: () => travel('undo'),
    redo: () => travel('redo'),
  };
}

function opened(documentId: string, document: Storyboard): Omit<StoryboardState, 'origins'> {
  return { document, documentId, selectedShotId: document.shots[0]?.id ?? '' };
}

function changes<T extends object>(current: T, fields: Partial<T>): boolean {
  return (Object.keys(fields) as (keyof T)[]).some((key) => current[key] !== fields[key]);
}
