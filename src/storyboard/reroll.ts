import { createContext, useContext } from 'react';

/** Makes something anew from a seed drawn by chance; what cannot be is told to the person. */
export interface Reroll {
  /** One shot, inside the film on the stage; all others stay as they are there. */
  shot(shotId: string): void;
  /** The film, except for shots that are locked or have a seed of their own. */
  film(): void;
}

export const RerollContext = createContext<Reroll | null>(null);

/** null where nothing can be made. */
export function useReroll(): Reroll | null {
  return useContext(RerollContext);
}
