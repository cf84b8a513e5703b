import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { movementOf, placeOf } from '../render/movement.ts';
import type { Place } from './document.ts';
import { useGeometry, useModel } from './studioModel.ts';
import { useStoryboard } from './useStoryboard.ts';

/** Where a shot's subject is, as the film will have it. */
export interface SubjectPlace {
  /** What the subject is called: "car". */
  name: string;
  /** Where the prompt lets it go: "left"; undefined where it stays. */
  way: string | undefined;
  place: Place;
  /** Radii when the shot begins, at the scale of the place, and by how much they have grown when it ends. */
  width: number;
  height: number;
  growth: number;
  /** Put there by the person, not by the prompt. */
  own: boolean;
}

/** The place of a shot's subject; null where the shot has none, or the model is not told where subjects are. */
export function usePlace(index: number): SubjectPlace | null {
  const { config } = useModel();
  const geometry = useGeometry();
  const look = useStoryboard(({ document }) => document.look);
  const shots = useStoryboard(useShallow(({ document }) => document.shots));
  return useMemo(() => {
    const shot = shots[index];
    const span = geometry?.shots[index];
    if (!config.marks || !geometry || !span || !shot) return null;
    const { said: all, marks } = movementOf({ look, shots }, geometry, config);
    const said = all[index];
    const mark = marks[index];
    if (!said || !mark) return null;
    const { count } = span.latent;
    return {
      name: said.name,
      way: said.way?.name,
      place: shot.place ?? placeOf(mark, count),
      width: mark.width,
      height: mark.height,
      growth: Math.exp(mark.nearer * (count - 1)),
      own: shot.place !== undefined,
    };
  }, [config, geometry, look, shots, index]);
}
