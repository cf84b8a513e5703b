import { useStore } from 'zustand';
import { createPlayhead, type PlayheadState } from './playhead.ts';
import { createStills, type StillsState } from './stills.ts';

/** The page has one stage. */
export const playhead = createPlayhead();
export const stills = createStills();

export function usePlayhead<T>(select: (state: PlayheadState) => T): T {
  return useStore(playhead, select);
}

export function useStills<T>(select: (state: StillsState) => T): T {
  return useStore(stills, select);
}
