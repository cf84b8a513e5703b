import { describe, expect, it } from 'vitest';
import type { Journal } from '../../storyboard/autosave.ts';
import { starterStoryboard } from '../../storyboard/starter.ts';
import { createGuide, stepOf } from './guide.ts';

function journalOf(kept = new Map<string, string>()): Journal {
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
  };
}

describe('stepOf', () => {
  const document = starterStoryboard();
  const written = { shots: document.shots.map((shot) => ({ ...shot, prompt: 'a bird' })) };

  it('leads from writing over a draft to the film', () => {
    expect(stepOf({ document, making: false, film: null })).toBe('write');
    expect(stepOf({ document: written, making: false, film: null })).toBe('draft');
    expect(stepOf({ document: written, making: false, film: 'draft' })).toBe('final');
  });

  it('begins anew with a blank film', () => {
    const blank = { shots: document.shots.map((shot) => ({ ...shot, prompt: ' ' })) };
    expect(stepOf({ document: blank, making: false, film: null })).toBe('write');
  });

  it('asks nobody to write who makes the film that is there', () => {
    expect(stepOf({ document, making: true, film: null })).toBe('draft');
    expect(stepOf({ document, making: false, film: 'final' })).toBe('final');
  });
});

describe('the guide', () => {
  it('is there from the first visit on until it is over, and never again', () => {
    const journal = journalOf();
    const first = createGuide(journal);
    expect(first.state.getState().shown).toBe(false);
    first.begin();
    expect(first.state.getState().shown).toBe(true);

    const second = createGuide(journal);
    expect(second.state.getState().shown).toBe(true);
    second.end();
    expect(second.state.getState().shown).toBe(false);

    const third = createGuide(journal);
    third.begin();
    expect(third.state.getState().shown).toBe(false);
  });

  it('works where nothing can be kept', () => {
    const full: Journal = {
      ...journalOf(),
      setItem() {
        throw new DOMException('full', 'QuotaExceededError');
      },
    };
    const shut = createGuide(full);
    shut.begin();
    expect(shut.state.getState().shown).toBe(true);
    shut.end();
    expect(shut.state.getState().shown).toBe(false);
  });
});
