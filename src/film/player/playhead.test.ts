import { beforeEach, describe, expect, it } from 'vitest';
import { createPlayhead, type Playhead } from './playhead.ts';

let playhead: Playhead;
const frame = () => playhead.getState().frame;

beforeEach(() => {
  playhead = createPlayhead();
  playhead.actions.fit({ frames: 48, fps: 24 });
});

describe('playing', () => {
  it('adds up ticks shorter than a frame', () => {
    playhead.actions.play();
    for (let tick = 0; tick < 60; tick++) playhead.actions.advance(1 / 60);
    expect(Math.abs(frame() - 24)).toBeLessThanOrEqual(1);
  });

  it('stops on the last frame, and starts again from the first', () => {
    playhead.actions.play();
    playhead.actions.advance(5);
    expect(playhead.getState()).toMatchObject({ frame: 47, playing: false });
    playhead.actions.play();
    expect(frame()).toBe(0);
  });

  it('goes round with loop', () => {
    playhead.actions.toggleLoop();
    playhead.actions.play();
    playhead.actions.advance(2.5);
    expect(playhead.getState()).toMatchObject({ frame: 12, playing: true });
  });

  it('goes round between the in point and the out point, both ways', () => {
    playhead.actions.toggleLoop();
    playhead.actions.setRange({ start: 10, count: 12 });
    playhead.actions.play();
    expect(frame()).toBe(10);
    playhead.actions.advance(13 / 24);
    expect(frame()).toBe(11);
    playhead.actions.shuttle(-1);
    playhead.actions.advance(3 / 24);
    expect(frame()).toBe(20);
    expect(playhead.getState().playing).toBe(true);
  });

  it('plays past the out point without loop, and past it to the end of the film when it starts behind it', () => {
    playhead.actions.setRange({ start: 10, count: 12 });
    playhead.actions.seek(20);
    playhead.actions.play();
    playhead.actions.advance(4 / 24);
    expect(frame()).toBe(24);
    playhead.actions.toggleLoop();
    playhead.actions.advance(20 / 24);
    expect(frame()).toBe(44);
    playhead.actions.advance(4 / 24);
    expect(frame()).toBe(10);
  });

  it('shuttles backwards and doubles its speed up to eight', () => {
    playhead.actions.seek(24);
    playhead.actions.shuttle(-1);
    playhead.actions.advance(0.5);
    expect(frame()).toBe(12);
    for (let press = 0; press < 5; press++) playhead.actions.shuttle(-1);
    expect(playhead.getState().rate).toBe(-8);
    playhead.actions.shuttle(1);
    expect(playhead.getState().rate).toBe(1);
  });
});

describe('position', () => {
  it('stays inside the film', () => {
    playhead.actions.seek(999);
    expect(frame()).toBe(47);
    playhead.actions.step(-999);
    expect(frame()).toBe(0);
  });

  it('moves back when the film gets shorter', () => {
    playhead.actions.seek(40);
    playhead.actions.fit({ frames: 10, fps: 24 });
    expect(frame()).toBe(9);
  });

  it('shortens the range with the film, and drops it when nothing of it is left', () => {
    playhead.actions.setRange({ start: 10, count: 100 });
    expect(playhead.getState().range).toEqual({ start: 10, count: 38 });
    playhead.actions.fit({ frames: 20, fps: 24 });
    expect(playhead.getState().range).toEqual({ start: 10, count: 10 });
    playhead.actions.fit({ frames: 10, fps: 24 });
    expect(playhead.getState().range).toBeNull();
  });

  it('takes the frame that a player shows, even a hair early', () => {
    playhead.actions.follow(7 / 24 - 1e-5);
    expect(frame()).toBe(7);
  });
});
