import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStills, type Picture, type StillsStore } from '../film/player/stills.ts';
import { ShotweaveError } from '../lib/errors.ts';
import { filmResult, storyboardOf } from '../library/fixtures/records.ts';
import { planGeometry } from '../plan/geometry.ts';
import { papercut } from '../plan/testing.ts';
import type { FilmResult, RenderEvent, RenderOptions } from '../render/protocol.ts';
import type { Storyboard } from '../storyboard/document.ts';
import { createStoryboardStore, type StoryboardStore } from '../storyboard/store.ts';
import { createGeneration, type Film, type Generation } from './generation.ts';

const geometryOf = (document: Storyboard) => planGeometry(document, papercut);
const { adapter } = filmResult('x.mp4');

/** A film that the engine was asked for. */
interface Asked {
  options: RenderOptions;
  tell: (event: RenderEvent) => void;
  finish: (film: FilmResult) => void;
  fail: (error: ShotweaveError) => void;
}

let storyboard: StoryboardStore;
let stills: StillsStore;
let generation: Generation;
let asked: Asked[];
/** What happened, in order. */
let log: string[];
let draft: boolean;

beforeEach(() => {
  vi.stubGlobal(
    'OffscreenCanvas',
    class {
      getContext() {
        return null;
      }
    },
  );
  storyboard = createStoryboardStore(storyboardOf('x'));
  storyboard.actions.restore('a', storyboardOf('A'));
  stills = createStills();
  asked = [];
  log = [];
  draft = false;
  const unused = async (): Promise<never> => {
    throw new Error('not called here');
  };
  generation = createGeneration({
    client: {
      connect: async () => {
        log.push('connect');
        return adapter;
      },
      estimate: unused,
      render: (_, options, tell) =>
        new Promise((finish, fail) => asked.push({ options, tell, finish, fail })),
      exportFilm: unused,
      cancel: async () => asked.at(-1)?.fail(new ShotweaveError('cancelled', 'Cancelled.')),
      stop: async () => asked.at(-1)?.fail(new ShotweaveError('cancelled', 'Stopped.')),
      pause: unused,
      resume: unused,
      takeModelFiles: unused,
      loseDevice: unused,
    },
    storyboard,
    stills,
    shelf: {
      saveDocument: async (documentId, { title }) => void log.push(`save ${documentId}: ${title}`),
      readFilm: async (fileName) => new File([], fileName),
      saveFilmRecord: async () => undefined,
      makeRoom: async () => undefined,
    },
    geometryOf,
    isDraft: () => draft,
  });
});

afterEach(() => vi.unstubAllGlobals());

function filmOf(documentId: string, fileName = `${documentId}.mp4`): Film {
  const record = filmResult(fileName);
  const file = new File([], fileName);
  return {
    documentId,
    record,
    geometry: geometryOf(record.storyboard),
    file,
    url: URL.createObjectURL(file),
  };
}

function picture(latentFrame: number, final: boolean): Picture {
  return { latentFrame, frame: latentFrame, image: {} as CanvasImageSource, width: 1, height: 1, final };
}

function preview(latentFrame: number): RenderEvent {
  const still = { latentFrame, frame: 0, width: 1, height: 1, rgba: new Uint8ClampedArray(4), final: true };
  return { type: 'preview', step: 1, steps: 2, stills: [still] };
}

/** Puts a film with one picture on the stage. */
function stage(film: Film): void {
  generation.show(film);
  stills.setState({ documentId: film.documentId, geometry: film.geometry, pictures: [picture(0, true)] });
}

/** Asks for the film and waits until the engine has heard of it. */
async function begin(work: () => Promise<unknown> = generation.generate): Promise<Asked> {
  const before = asked.length;
  work().catch(() => undefined);
  await expect.poll(() => asked.length).toBe(before + 1);
  return asked[before] as Asked;
}

const latentFrames = () => stills.getState().pictures.map(({ latentFrame }) => latentFrame);

describe('making a film', () => {
  it('saves the storyboard before it looks for the GPU, so that edits made meanwhile are saved after it', async () => {
    await begin();
    expect(log).toEqual(['save a: A', 'connect']);
  });

  it('keeps its pictures from those of another film', async () => {
    const { tell } = await begin();
    vi.stubGlobal('ImageData', class {});
    tell(preview(0));
    expect(stills.getState()).toMatchObject({ documentId: 'a', pictures: [{ latentFrame: 0 }] });
    stills.setState({ documentId: 'b', geometry: null, pictures: [picture(3, true)] });
    tell(preview(1));
    expect(latentFrames()).toEqual([3]);
  });
});

describe('trying again', () => {
  async function failWith(options: RenderOptions): Promise<void> {
    const { fail } = await begin(() => generation.generate(options));
    fail(new ShotweaveError('device-lost', 'The GPU went away.'));
    await expect.poll(() => generation.state.getState().job).toBeNull();
  }

  it('asks for the same once more', async () => {
    await failWith({ only: 'a1', draft: true });
    expect((await begin(generation.retry)).options).toEqual({ only: 'a1', draft: true });
  });

  it('knows whose film failed while another storyboard is at hand', async () => {
    await failWith({ only: 'a1' });
    storyboard.actions.restore('b', storyboardOf('B'));
    expect(generation.state.getState().failure).toMatchObject({ documentId: 'a', document: { title: 'A' } });
    expect((await begin(generation.retry)).options).toEqual({});
    expect(generation.state.getState().job?.documentId).toBe('b');
  });

  it('makes what is chosen now of a storyboard that was edited since', async () => {
    await failWith({ only: 'a1' });
    storyboard.actions.editFilm({ title: 'Edited' });
    draft = true;
    expect((await begin(generation.retry)).options).toEqual({ draft: true });
  });
});

describe('a film that is deleted', () => {
  it('leaves the stage with its pictures', () => {
    stage(filmOf('a'));
    generation.drop('other.mp4');
    expect(generation.state.getState().film).not.toBeNull();
    generation.drop('a.mp4');
    expect(generation.state.getState().film).toBeNull();
    expect(stills.getState()).toEqual({ documentId: null, geometry: null, pictures: [] });
  });

  it('leaves the pictures of another storyboard', () => {
    stage(filmOf('a'));
    stills.setState({ documentId: 'b' });
    generation.drop('a.mp4');
    expect(latentFrames()).toEqual([0]);
  });

  it('leaves those of the film that is made, or was stopped, after it', async () => {
    stage(filmOf('a', 'first.mp4'));
    await begin();
    stills.setState({ pictures: [picture(2, false)] });
    generation.drop('first.mp4');
    expect(latentFrames()).toEqual([2]);

    stage(filmOf('a', 'second.mp4'));
    stills.setState({ pictures: [picture(2, false)] });
    generation.state.setState({ job: null, halfway: 'a' });
    generation.drop('second.mp4');
    expect(latentFrames()).toEqual([2]);
  });
});
