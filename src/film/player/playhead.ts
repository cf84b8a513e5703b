import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Run } from '../../plan/types.ts';
import { endOf, fitRange } from './range.ts';

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
  /** Frames between the in point and the out point: what loops, and what may be exported. */
  range: Run | null;
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
  /** Sets the in point and the out point; null takes them away. */
  setRange(range: Run | null): void;
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
    range: null,
  }));
  /** Position between frames, kept so that slow ticks add up. */
  let position = 0;

  function moveTo(next: number): void {
    const { frames } = store.getState();
    position = Math.min(Math.max(next, 0), frames - 1e-6);
    store.setState({ frame: Math.floor(position) });
  }

  function play(rate: number): void {
    const { frame, frames, playing, loop, range } = store.getState();
    const lap = loop && range ? range : { start: 0, count: frames };
    const last = endOf(lap) - 1;
    const outside = frame < lap.start || frame > last;
    if (!playing && rate > 0 && (outside || frame === frames - 1)) moveTo(lap.start);
    if (!playing && rate < 0 && (outside || frame === 0)) moveTo(last);
    store.setState({ playing: true, rate });
  }

  /** `past`: frames beyond the edge, negative before the start. */
  function atEdge(next: number, past: number): void {
    const { frames, loop, range } = store.getState();
    if (loop) {
      const lap = range ?? { start: 0, count: frames };
      moveTo((past < 0 ? endOf(lap) : lap.start) + (past % lap.count));
    } else {
      moveTo(next);
      store.setState({ playing: false, rate: 1 });
    }
  }

  const actions: PlayheadActions = {
    fit({ frames, fps }) {
      const state = store.getState();
      if (state.frames === frames && state.fps === fps) return;
      store.setState({ frames, fps, range: state.range && fitRange(state.range, frames) });
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
    setRange(range) {
      store.setState(({ frames }) => ({ range: range && fitRange(range, frames) }));
    },
    advance(seconds) {
      const { playing, rate, fps, frames, loop, range } = store.getState();
      if (!playing) return;
      const next = position + seconds * rate * fps;
      // From outside the range the film plays on to its own end.
      const end = loop && range && position < endOf(range) ? endOf(range) : frames;
      const start = loop && range && position >= range.start ? range.start : 0;
      if (next < start) atEdge(next, next - start);
      else if (next >= end) atEdge(next, next - end);
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
