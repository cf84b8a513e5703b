import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Journal } from '../../storyboard/autosave.ts';
import type { Storyboard } from '../../storyboard/document.ts';
import { starterStoryboard } from '../../storyboard/starter.ts';
import { pageJournal } from '../pageJournal.ts';

export const guideSteps = ['write', 'draft', 'final'] as const;

export type GuideStep = (typeof guideSteps)[number];

/** What of the studio decides how far the first film is. */
export interface GuideFacts {
  document: Pick<Storyboard, 'shots'>;
  /** A film is being made. */
  making: boolean;
  /** The storyboard has a film, a draft or the final one. */
  film: 'draft' | 'final' | null;
}

/** The step that comes next. A film may be made at once: nobody has to write first. */
export function stepOf({ document, making, film }: GuideFacts): GuideStep {
  if (film !== null) return 'final';
  return making || isWritten(document) ? 'draft' : 'write';
}

/** The person wrote or opened something: neither what a first visit finds nor a blank film. */
function isWritten({ shots }: Pick<Storyboard, 'shots'>): boolean {
  const starter = starterStoryboard().shots;
  const untouched =
    shots.length === starter.length &&
    shots.every(({ prompt, seconds }, index) => {
      const shot = starter[index];
      return prompt === shot?.prompt && seconds === shot.seconds;
    });
  return !untouched && shots.some(({ prompt }) => prompt.trim() !== '');
}

const key = 'shotweave.first-film';

/** Whether the person is guided through a first film; remembered until they have made one or want no guide. */
export interface Guide {
  state: StoreApi<{ shown: boolean }>;
  /** Begins with a first visit. */
  begin(): void;
  end(): void;
}

export function createGuide(journal: Journal): Guide {
  const state = createStore(() => ({ shown: journal.getItem(key) === 'begun' }));

  function remember(value: 'begun' | 'over'): void {
    state.setState({ shown: value === 'begun' });
    try {
      journal.setItem(key, value);
    } catch {
      // A full storage costs the memory of it: the next visit may guide again.
    }
  }

  return {
    state,
    begin() {
      if (journal.getItem(key) === null) remember('begun');
    },
    end: () => remember('over'),
  };
}

export const guide = createGuide(pageJournal());

export function useGuide(): boolean {
  return useStore(guide.state, ({ shown }) => shown);
}
