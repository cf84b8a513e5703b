import { describe, expect, it } from 'vitest';
import { limits, validateStoryboard } from './document.ts';
import { draftOf, draftSettings } from './draft.ts';
import { starterStoryboard } from './starter.ts';

describe('draftOf', () => {
  it('changes steps and guidance alone, and not in the storyboard itself', () => {
    const storyboard = { ...starterStoryboard(), steps: 20, guidance: 5 };
    const before = structuredClone(storyboard);
    expect(draftOf(storyboard)).toEqual({ ...before, steps: 4, guidance: 1 });
    expect(storyboard).toEqual(before);
  });

  it('takes more steps of a model that has not learnt to make films in few', () => {
    const storyboard = { ...starterStoryboard(), model: 'wan2.1-1.3b', steps: 20, guidance: 5 };
    expect(draftOf(storyboard)).toEqual({ ...storyboard, ...draftSettings });
  });

  it('makes no film dearer, and is its own draft', () => {
    const cheap = { ...starterStoryboard(), steps: 2, guidance: 1 };
    expect(draftOf(cheap)).toEqual(cheap);
    const draft = draftOf(starterStoryboard());
    expect(draftOf(draft)).toEqual(draft);
  });

  it('is a storyboard that the studio accepts, whatever the film', () => {
    for (const steps of [limits.steps.min, limits.steps.max]) {
      for (const guidance of [limits.guidance.min, limits.guidance.max]) {
        const draft = draftOf({ ...starterStoryboard(), steps, guidance });
        expect(validateStoryboard(structuredClone(draft))).toEqual(draft);
      }
    }
  });
});
