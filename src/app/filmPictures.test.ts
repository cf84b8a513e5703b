import { beforeEach, describe, expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { createStills, type Picture, type StillsStore } from '../film/player/stills.ts';
import { filmOf } from '../plan/testing.ts';
import { followFilm } from './filmPictures.ts';
import type { Film, GenerationState, Job } from './generation.ts';
import { nothingYet } from './generationState.ts';

const newState = () => createStore<GenerationState>()(() => nothingYet);
const geometry = filmOf(1, 1, [4]);

/** Pictures that are being taken of a film. */
interface Taking {
  url: string;
  give: (latentFrame: number) => void;
  signal: AbortSignal;
}

let state: ReturnType<typeof newState>;
let stills: StillsStore;
let takings: Taking[];

function picture(latentFrame: number): Picture {
  return {
    latentFrame,
    frame: latentFrame,
    image: {} as CanvasImageSource,
    width: 1,
    height: 1,
    final: true,
  };
}

const film = (url: string) => ({ documentId: 'd', url, geometry }) as Film;
const job = { documentId: 'd' } as Job;
const latentFrames = () => stills.getState().pictures.map(({ latentFrame }) => latentFrame);

beforeEach(() => {
  state = newState();
  stills = createStills();
  takings = [];
  followFilm(
    { state },
    stills,
    async () => undefined,
    (url, _, onPicture, signal) => {
      takings.push({ url, give: (latentFrame) => onPicture(picture(latentFrame)), signal });
      return new Promise(() => undefined);
    },
  );
  state.setState({ film: film('first') });
  takings[0]?.give(0);
});

describe('taking pictures of the film on the stage', () => {
  it('ends when the film leaves the stage', () => {
    state.setState({ film: null });
    takings[0]?.give(1);
    expect(takings[0]?.signal.aborted).toBe(true);
    expect(latentFrames()).toEqual([0]);
  });

  it('rests while a film is being made, whose pictures are not mixed with it, and goes on after it', () => {
    state.setState({ job });
    const before = stills.getState();
    stills.setState({ pictures: [] });
    takings[0]?.give(1);
    expect(latentFrames()).toEqual([]);
    // Cancelled: what was there before comes back.
    stills.setState(before);
    state.setState({ job: null });
    expect(takings.map(({ url }) => url)).toEqual(['first', 'first']);
    takings[1]?.give(1);
    expect(latentFrames()).toEqual([0, 1]);
  });

  it('does not go on where a stopped film, another film or another storyboard has the pictures', () => {
    state.setState({ job });
    state.setState({ job: null, halfway: 'd' });
    state.setState({ job });
    stills.setState({ documentId: 'other' });
    state.setState({ job: null, halfway: null });
    state.setState({ job });
    state.setState({ film: film('second') });
    state.setState({ job: null });
    expect(takings.map(({ url }) => url)).toEqual(['first', 'second']);
  });
});
