import { expect, it } from 'vitest';
import { RunControl } from './runControl.ts';

it('ends a film that is cancelled, and keeps nothing of it', () => {
  const control = new RunControl();
  expect([control.signal.aborted, control.keepsSteps]).toEqual([false, false]);
  control.cancel();
  expect([control.signal.aborted, control.keepsSteps]).toEqual([true, false]);
  control.stop();
  expect(control.keepsSteps).toBe(false);
});

it('ends a film that is stopped, and keeps its steps unless it is cancelled after all', () => {
  const control = new RunControl();
  control.stop();
  expect([control.signal.aborted, control.keepsSteps]).toEqual([true, true]);
  control.cancel();
  expect(control.keepsSteps).toBe(false);
});

it('tells its followers when the film rests and when it goes on, also those that come later', () => {
  const control = new RunControl();
  const [early, late]: boolean[][] = [[], []];
  control.follow((paused) => early?.push(paused));
  control.pause();
  control.pause();
  control.follow((paused) => late?.push(paused));
  control.resume();
  control.resume();
  expect(early).toEqual([true, false]);
  expect(late).toEqual([true, false]);
});
