import { z } from 'zod';
import { noOrigins, type Origins } from '../film/player/origins.ts';
import type { Journal } from './autosave.ts';
import type { StoryboardStore } from './store.ts';

const key = 'shotweave.origins';

/** Cuts that are remembered, the newest: those of films made since are of no use. */
const most = 400;

const share = z.number().min(0).max(1);
const stretch = z.object({ from: share, to: share });
const originsSchema = z.array(
  z.tuple([z.string(), z.array(z.object({ shotId: z.string(), source: stretch, at: stretch }))]),
);

/** Remembers over reloads what shots were cut from, so that their parts go on showing the pictures of the last film. */
export function keepOrigins(store: StoryboardStore, journal: Journal): void {
  store.setState({ origins: readOrigins(journal) });
  store.subscribe(({ origins }, past) => {
    if (origins === past.origins) return;
    try {
      journal.setItem(key, JSON.stringify([...origins].slice(-most)));
    } catch {
      // A full storage costs the stills of cut shots after a reload, until the next film.
    }
  });
}

function readOrigins(journal: Journal): Origins {
  try {
    return new Map(originsSchema.parse(JSON.parse(journal.getItem(key) ?? '[]')));
  } catch {
    return noOrigins;
  }
}
