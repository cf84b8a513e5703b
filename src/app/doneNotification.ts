import { createStore, type StoreApi } from 'zustand/vanilla';
import { ShotweaveError } from '../lib/errors.ts';
import type { Generation } from './generation.ts';

/** The browser's part in telling the person; a test has its own. */
export interface NotificationHost {
  permission(): NotificationPermission;
  requestPermission(): Promise<NotificationPermission>;
  /** The person looks at the page and needs no word from outside. */
  watched(): boolean;
  /** Never throws: a film is none the worse for it. */
  show(title: string, body: string): void;
  /** Where the person's choice is kept. */
  choices: Pick<Storage, 'getItem' | 'setItem'>;
}

export interface DoneNotification {
  /** Whether the person wants to be told. */
  state: StoreApi<{ wanted: boolean }>;
  /** Turns it on or off; on asks the browser for leave, and rejects with `unexpected` when there is none. */
  toggle(): Promise<void>;
}

const choiceKey = 'shotweave.notify';

/** Tells the person, who may be in another tab by then, that a film is done or has failed, if they asked for it. */
export function notifyWhenDone(
  { state: generation }: Pick<Generation, 'state'>,
  host: NotificationHost,
): DoneNotification {
  const state = createStore(() => ({
    wanted: host.choices.getItem(choiceKey) === 'yes' && host.permission() === 'granted',
  }));

  function choose(wanted: boolean): void {
    host.choices.setItem(choiceKey, wanted ? 'yes' : 'no');
    state.setState({ wanted });
  }

  let filmBefore = generation.getState().film;
  generation.subscribe(({ job, film, failure }, past) => {
    if (job && !past.job) filmBefore = film;
    if (job || !past.job || !state.getState().wanted || host.watched()) return;
    if (failure) host.show('The film did not come about', failure.error.message);
    else if (film && film !== filmBefore) host.show('The film is done', past.job.title);
  });

  return {
    state,
    async toggle() {
      if (state.getState().wanted) return choose(false);
      if ((await host.requestPermission()) !== 'granted') {
        throw new ShotweaveError(
          'unexpected',
          'The browser does not let this page send notifications: allow them in its settings for this site and try again.',
        );
      }
      choose(true);
    },
  };
}

/** The notifications of the browser; one that has none never gives leave. */
export function browserNotifications(choices: NotificationHost['choices']): NotificationHost {
  const available = 'Notification' in window;
  return {
    choices,
    permission: () => (available ? Notification.permission : 'denied'),
    requestPermission: async () => (available ? Notification.requestPermission() : 'denied'),
    watched: () => document.visibilityState === 'visible' && document.hasFocus(),
    show(title, body) {
      const options = { body, icon: `${import.meta.env.BASE_URL}favicon.svg` };
      try {
        const notification = new Notification(title, options);
        notification.addEventListener('click', () => {
          window.focus();
          notification.close();
        });
      } catch {
        // On Android only a service worker may show one.
        showByWorker(title, options).catch((error: unknown) => {
          console.warn('The notification could not be shown.', error);
        });
      }
    },
  };
}

/** The worker brings this page to the front when the person taps what it shows. */
async function showByWorker(title: string, options: NotificationOptions): Promise<void> {
  const worker = await navigator.serviceWorker.getRegistration();
  await worker?.showNotification(title, { ...options, data: { page: window.location.href } });
}
