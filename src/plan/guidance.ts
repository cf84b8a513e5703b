/** How a film is guided: 1 is not at all. */
export interface Guidance {
  guidance: number;
  /** Of so many steps the first has a pass with the negative prompt, whose effect the others keep; 1 where nothing is said. */
  guidanceEvery?: number | undefined;
}

/** Whether a step has a second pass, with the negative prompt. */
export function isGuided(step: number, { guidance, guidanceEvery = 1 }: Guidance): boolean {
  return guidance !== 1 && step % guidanceEvery === 0;
}

/** Steps with a second pass among the first `steps`. */
export function guidedSteps(steps: number, { guidance, guidanceEvery = 1 }: Guidance): number {
  return guidance === 1 ? 0 : firstOfEvery(guidanceEvery, steps);
}

/** How many of the first `steps` are the first of every so many. */
export function firstOfEvery(every: number, steps: number): number {
  return Math.ceil(steps / every);
}

/** Forward passes of the first `steps`. */
export function passesOf(steps: number, film: Guidance): number {
  return steps + guidedSteps(steps, film);
}
