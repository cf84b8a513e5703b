import { describe, expect, it } from 'vitest';
import { filmOf } from '../../plan/testing.ts';
import { runBeside } from './pairPlayback.ts';

/** What is used of a video element here, with the rule of HTML that a video that has ended plays from its beginning. */
class Video {
  currentTime = 0;
  paused = true;
  seeking = false;
  readonly #duration: number;

  constructor(duration: number) {
    this.#duration = duration;
  }

  get ended(): boolean {
    return this.currentTime >= this.#duration;
  }

  async play(): Promise<void> {
    if (this.ended) this.currentTime = 0;
    this.paused = false;
  }

  pause(): void {
    this.paused = true;
  }
}

const geometry = { ...filmOf(1, 1, [2, 3]), fps: 24 };
const { frames } = geometry;

function besideAt(place: number, paused: boolean) {
  const video = new Video(frames / geometry.fps);
  Object.assign(video, { currentTime: place / geometry.fps, paused });
  const step = (frame: number) => {
    runBeside({ geometry }, { video, geometry }, frame);
    return { frame: Math.floor(video.currentTime * geometry.fps + 0.01), paused: video.paused };
  };
  return step;
}

describe('the second take', () => {
  it('plays where it is near the first, and is brought back where it is not', () => {
    expect(besideAt(7, true)(6)).toEqual({ frame: 7, paused: false });
    expect(besideAt(12, false)(6)).toEqual({ frame: 6, paused: false });
  });

  it('waits at its end for the first, and does not play from its beginning', () => {
    const step = besideAt(frames, true);
    expect(step(frames - 1)).toEqual({ frame: frames, paused: true });
    // Round again, with the first.
    expect(step(9)).toEqual({ frame: 9, paused: false });
  });

  it('goes on where it has ended too soon', () => {
    expect(besideAt(frames, true)(frames - 2)).toEqual({ frame: frames - 2, paused: false });
  });
});
