import { expect, it } from 'vitest';
import { cameraMoveIn, cameraMoveOf, cameraSchema } from './camera.ts';

const words = cameraSchema.parse({
  reach: 4,
  moves: [
    { name: 'pan left', verbs: ['pan', 'pans', 'panning'], goals: ['left'], right: 0.12, seconds: 3 },
    { name: 'pan right', verbs: ['pan', 'pans', 'panning'], goals: ['right'], right: -0.12, seconds: 3 },
    { name: 'zoom in', verbs: ['zoom', 'push', 'dolly'], goals: ['in'], nearer: 0.19, seconds: 2.6 },
  ],
});

it.each([
  ['A car. The camera pans slowly to the LEFT!', 'pan left'],
  ['panning right over the hills', 'pan right'],
  ['the camera pans from left to right', 'pan right'],
  ['pan from right to left', 'pan left'],
  ['we push in on the house, then pan left', 'zoom in'],
  ['dolly shot, a man in the snow', undefined],
  ['a train goes left, static camera', undefined],
  ['a pan of soup that somebody put down to the left', undefined],
  ['', undefined],
])('reads “%s”', (prompt, name) => {
  expect(cameraMoveIn(prompt, words)?.name).toBe(name);
});

it('moves all shots as the look says, but for those whose prompt says otherwise', () => {
  const look = 'everything with a slow zoom in';
  expect(cameraMoveOf({ look, prompt: 'a house' }, words)?.name).toBe('zoom in');
  expect(cameraMoveOf({ look, prompt: 'a house, pan left' }, words)?.name).toBe('pan left');
  expect(cameraMoveOf({ look, prompt: 'a house, pan left' }, undefined)).toBeNull();
});

it('takes what is left out as no motion', () => {
  expect(cameraMoveIn('pan left', words)).toMatchObject({ right: 0.12, down: 0, nearer: 0 });
});
