import type { Shot, Storyboard } from './document.ts';

/** An id that no other shot has. */
export function newShotId(): string {
  return crypto.randomUUID().slice(0, 8);
}

/** A seed between 0 and 2^32 - 1, drawn by chance. */
export function rollSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}

/** A shot as "Add shot" makes it. `seconds` is its length before snapping. */
export function newShot(seconds: number): Shot {
  return { id: newShotId(), prompt: '', seconds, seed: null, locked: false };
}

/** A film of one empty shot. */
export function blankStoryboard(): Storyboard {
  return { ...starterStoryboard(), title: '', seed: rollSeed(), shots: [newShot(2)] };
}

/** What the studio shows on a first visit: a film that can be generated at once, short enough for a slow machine. */
export function starterStoryboard(): Storyboard {
  const shot = (prompt: string): Shot => ({ ...newShot(1.5), prompt });
  return {
    format: 'shotweave/storyboard',
    version: 1,
    title: 'The red sailboat',
    look: '',
    negative: '',
    model: 'papercut',
    width: 320,
    height: 192,
    fps: 24,
    seed: 7,
    steps: 6,
    guidance: 1,
    attention: 'moga',
    shots: [
      shot('wide shot of a red sailboat moving right on the sea at sunset'),
      shot('close up of the sailboat on the sea at sunset'),
    ],
  };
}
