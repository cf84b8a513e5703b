import { describe, expect, it } from 'vitest';
import { filmOf } from '../plan/testing.ts';
import type { Film, Job } from './generation.ts';
import { type ShownParts, shownOf } from './shown.ts';

const edited = filmOf(1, 1, [2]);
const made = filmOf(1, 1, [3]);
const making = filmOf(1, 1, [4]);
const nothing: ShownParts = {
  documentId: 'b',
  edited,
  job: null,
  film: null,
  halfway: null,
  formingGeometry: null,
};
const jobOf = (documentId: string) => ({ documentId, geometry: making }) as Job;
const film = (documentId: string) => ({ documentId, geometry: made }) as Film;

describe('the stage', () => {
  it('shows the cut that is being made while there are no pictures yet', () => {
    const job = jobOf('b');
    expect(shownOf({ ...nothing, job, film: film('b') })).toEqual({ kind: 'slates', geometry: making, job });
    expect(shownOf({ ...nothing, job, formingGeometry: making })).toEqual({
      kind: 'forming',
      geometry: making,
      job,
    });
  });

  it('shows nothing of a film that is made of another storyboard', () => {
    const other = { ...nothing, job: jobOf('a') };
    expect(shownOf(other)).toEqual({ kind: 'slates', geometry: edited, job: null });
    expect(shownOf({ ...other, edited: null })).toBeNull();
    expect(shownOf({ ...other, film: film('a') })).toEqual({ kind: 'slates', geometry: edited, job: null });
    expect(shownOf({ ...other, film: film('b') })).toMatchObject({ kind: 'film', geometry: made });
  });

  it('shows a stopped film before the finished one', () => {
    const stopped = { ...nothing, film: film('b'), formingGeometry: making };
    expect(shownOf({ ...stopped, halfway: 'b' })).toEqual({ kind: 'forming', geometry: making, job: null });
    expect(shownOf({ ...stopped, halfway: 'a' })).toMatchObject({ kind: 'film' });
  });
});
