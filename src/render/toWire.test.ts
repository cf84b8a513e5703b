import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ShotweaveError } from '../lib/errors.ts';
import { toWire } from './toWire.ts';

beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => undefined));
afterEach(() => void vi.restoreAllMocks());

it('keeps the code and the sentence of an error of the world', () => {
  const error = new ShotweaveError('cancelled', 'Cancelled.');
  expect(toWire(error)).toEqual({ code: 'cancelled', sentence: 'Cancelled.' });
});

it('takes the AbortError of a lost device for no cancelling', () => {
  const error = new DOMException('A valid external Instance reference no longer exists.', 'AbortError');
  expect(toWire(error)).toEqual({
    code: 'unexpected',
    sentence: expect.stringMatching(/external Instance.*: your storyboard is safe, reload the page/),
  });
});
