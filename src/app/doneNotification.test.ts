import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { ShotweaveError } from '../lib/errors.ts';
import { planGeometry } from '../plan/geometry.ts';
import { starterStoryboard } from '../storyboard/starter.ts';
import {
  browserNotifications,
  type DoneNotification,
  type NotificationHost,
  notifyWhenDone,
} from './doneNotification.ts';
import type { Film, GenerationState, Job } from './generation.ts';
import { nothingYet } from './generationState.ts';
import { failureOf } from './testing.ts';

const geometry = planGeometry(starterStoryboard(), {
  dit: { patch: [1, 2, 2], z: 16 },
  ae: { spatial: 8, temporal: 4 },
});
const job: Job = {
  documentId: 'd',
  title: 'The red sailboat',
  geometry,
  steps: 4,
  progress: null,
  phase: 'running',
  held: new Set(),
};

function newFilm(): Film {
  const record = { fileName: 'boat.mp4' } as Film['record'];
  return { documentId: 'd', record, geometry, file: new File([], 'boat.mp4'), url: 'blob:x' };
}

function newGeneration() {
  return createStore<GenerationState>()(() => ({ ...nothingYet, film: newFilm() }));
}

let generation: ReturnType<typeof newGeneration>;
let said: string[];
let choices: Map<string, string>;
let leave: NotificationPermission;
let watched: boolean;
let notification: DoneNotification;

const host: NotificationHost = {
  permission: () => leave,
  requestPermission: async () => leave,
  watched: () => watched,
  show: (title, body) => said.push(`${title}: ${body}`),
  choices: {
    getItem: (key) => choices.get(key) ?? null,
    setItem: (key, value) => choices.set(key, value),
  },
};

beforeEach(() => {
  generation = newGeneration();
  said = [];
  choices = new Map();
  leave = 'granted';
  watched = false;
  notification = notifyWhenDone({ state: generation }, host);
});

/** A film is made, in the order in which generation.ts tells of it. */
function makeFilm(): void {
  generation.setState({ job, failure: null });
  generation.setState({ film: newFilm() });
  generation.setState({ job: null });
}

describe('the notification', () => {
  it('comes when a film is done, once, if the person asked for it', async () => {
    makeFilm();
    expect(said).toEqual([]);
    await notification.toggle();
    makeFilm();
    expect(said).toEqual(['The film is done: The red sailboat']);
    await notification.toggle();
    makeFilm();
    expect(said).toHaveLength(1);
  });

  it('tells of a failure, not of a film that the person stopped', async () => {
    await notification.toggle();
    generation.setState({ job });
    const error = new ShotweaveError('device-lost', 'The GPU went away.');
    generation.setState({ job: null, failure: failureOf('d', error) });
    expect(said).toEqual(['The film did not come about: The GPU went away.']);
    generation.setState({ job, failure: null });
    generation.setState({ job: null });
    expect(said).toHaveLength(1);
  });

  it('stays away while the person looks at the page', async () => {
    await notification.toggle();
    watched = true;
    makeFilm();
    expect(said).toEqual([]);
  });

  it('remembers the choice as long as the browser allows it', async () => {
    await notification.toggle();
    expect(notifyWhenDone({ state: generation }, host).state.getState().wanted).toBe(true);
    leave = 'denied';
    expect(notifyWhenDone({ state: generation }, host).state.getState().wanted).toBe(false);
  });

  it('says so when the browser does not allow it', async () => {
    leave = 'denied';
    await expect(notification.toggle()).rejects.toThrow(/settings/);
    expect(notification.state.getState().wanted).toBe(false);
  });
});

describe('the browser', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('that lets only a service worker show notifications gets them from there', async () => {
    function Notification() {
      throw new TypeError('Illegal constructor.');
    }
    const showNotification = vi.fn(async () => undefined);
    vi.stubGlobal('window', { Notification, location: { href: 'https://films.example/' } });
    vi.stubGlobal('Notification', Notification);
    vi.stubGlobal('navigator', { serviceWorker: { getRegistration: async () => ({ showNotification }) } });
    browserNotifications(host.choices).show('The film is done', 'A boat');
    await vi.waitFor(() => expect(showNotification).toHaveBeenCalledOnce());
    expect(showNotification).toHaveBeenCalledWith(
      'The film is done',
      expect.objectContaining({ body: 'A boat', data: { page: 'https://films.example/' } }),
    );
  });

  it('that shows none leaves the film alone', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    vi.stubGlobal('window', {});
    vi.stubGlobal('Notification', undefined);
    vi.stubGlobal('navigator', {});
    browserNotifications(host.choices).show('The film is done', 'A boat');
    await vi.waitFor(() => expect(warn).toHaveBeenCalledOnce());
    warn.mockRestore();
  });
});
