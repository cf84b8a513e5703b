import { expect, it } from 'vitest';
import { guidedSteps, isGuided, passesOf } from './guidance.ts';

it.each([
  [{ guidance: 1 }, 0],
  [{ guidance: 1, guidanceEvery: 2 }, 0],
  [{ guidance: 3.5 }, 7],
  [{ guidance: 3.5, guidanceEvery: 1 }, 7],
  [{ guidance: 3.5, guidanceEvery: 2 }, 4],
  [{ guidance: 3.5, guidanceEvery: 3 }, 3],
  [{ guidance: 3.5, guidanceEvery: 8 }, 1],
])('of seven steps, %j has a second pass in %i', (film, expected) => {
  const steps = Array.from({ length: 7 }, (_, step) => step);
  expect(steps.filter((step) => isGuided(step, film))).toHaveLength(expected);
  expect(guidedSteps(7, film)).toBe(expected);
  expect(passesOf(7, film)).toBe(7 + expected);
});
