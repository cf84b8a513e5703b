import { createStore, type StoreApi } from 'zustand/vanilla';

export interface PlayheadState {
  /** Frame on the stage. */
  frame: number;
  /** Frames of what the stage shows. */
  frames: number;
  fps: number;
  playing: boolean;
  /** Speed of playing, negative for backwards. */
  rate: number;
  loop: boolean;
}

export interface PlayheadActions {
  /** Fits the playhead to another film or another length. */
  fit(film: { frames: number; fps: number }): void;
  seek(frame: number): void;
  /** Pauses and moves by whole frames. */
  step(frames: number): void;
  play(): void;
  pause(): void;
  toggle(): void;
  /** J and L: plays in a direction; pressed again, twice as fast. */
  shuttle(direction: 1 | -1): void;
  toggleLoop(): void;
  /** Moves a playing playhead on by wall-clock seconds; stops or loops at the end. */
  advance(seconds: number): void;
  /** Takes over the position of a player that keeps its own time, in seconds. */
  follow(seconds: number): void;
}

export type Playhead = StoreApi<PlayheadState> & { actions: PlayheadActions };

const fastest = 8;

/** Where the stage is in the film, and how it moves. */
export function createPlayhead(): Playhead {
  const store = createStore<PlayheadState>()(() => ({
    frame: 0,
    frames: 1,
    fps: 24,
    playing: false,
    rate: 1,
    loop: false,
  }));
  /** Position between frames, kept so that slow ticks add up. */
  let position = 0;

  function moveTo(next: number): void {
    const { frames } = store.getState();
    position = Math.min(Math.max(next, 0), frames - 1e-6);
    store.setState({ frame: Math.floor(position) });
  }

  function play(rate: number): void {
    const { frame, frames, playing } = store.getState();
    if (!playing && rate > 0 && frame >= frames - 1) moveTo(0);
    if (!playing && rate < 0 && frame === 0) moveTo(frames - 1);
    store.setState({ playing: true, rate });
  }

  function atEdge(next: number): void {
    const { frames, loop } = store.getState();
    if (loop) {
      moveTo(next < 0 ? frames + (next % frames) : next % frames);
    } else {
      moveTo(next);
      store.setState({ playing: false, rate: 1 });
    }
  }

  const actions: PlayheadActions = {
    fit({ frames, fps }) {
      const state = store.getState();
      if (state.frames === frames && state.fps === fps) return;
      store.setState({ frames, fps });
      moveTo(Math.min(position, frames - 1));
    },
    seek(frame) {
      moveTo(Math.round(frame));
    },
    step(frames) {
      actions.pause();
      moveTo(store.getState().frame + frames);
    },
    play: () => play(1),
    pause() {
      store.setState({ playing: false, rate: 1 });
    },
    toggle() {
      if (store.getState().playing) actions.pause();
      else actions.play();
    },
    shuttle(direction) {
      const { playing, rate } = store.getState();
      const faster = playing && Math.sign(rate) === direction;
      play(faster ? direction * Math.min(Math.abs(rate) * 2, fastest) : direction);
    },
    toggleLoop() {
      store.setState(({ loop }) => ({ loop: !loop }));
    },
    advance(seconds) {
      const { playing, rate, fps, frames } = store.getState();
      if (!playing) return;
      const next = position + seconds * rate * fps;
      if (next < 0 || next >= frames) atEdge(next);
      else moveTo(next);
    },
    follow(seconds) {
      const { fps } = store.getState();
      // A player reports times a hair before the frame it shows.
      moveTo(seconds * fps + 0.01);
    },
  };
  return Object.assign(store, { actions });
}
