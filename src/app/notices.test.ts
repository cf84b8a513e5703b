import { beforeEach, describe, expect, it, vi } from 'vitest';
import { dismissNotice, notices, notify, takeOffer } from './notices.ts';

const sentences = () => notices.getState().shown.map(({ sentence }) => sentence);
const lastId = () => notices.getState().shown.at(-1)?.id ?? 0;

beforeEach(() => notices.setState({ shown: [] }));

describe('an offer', () => {
  const offer = () => ({ label: 'Undo', take: vi.fn(), lapse: vi.fn() });

  it('is taken once, and does not lapse then', () => {
    const undo = offer();
    notify('done', 'Deleted.', undo);
    const id = lastId();
    takeOffer(id);
    takeOffer(id);
    dismissNotice(id);
    expect(undo.take).toHaveBeenCalledOnce();
    expect(undo.lapse).not.toHaveBeenCalled();
    expect(sentences()).toEqual([]);
  });

  it('lapses once when the notice goes', () => {
    const undo = offer();
    notify('done', 'Deleted.', undo);
    const id = lastId();
    dismissNotice(id);
    dismissNotice(id);
    takeOffer(id);
    expect(undo.lapse).toHaveBeenCalledOnce();
    expect(undo.take).not.toHaveBeenCalled();
  });

  it('lapses when newer notices need the room', () => {
    const undo = offer();
    notify('done', 'One.', undo);
    for (const sentence of ['Two.', 'Three.']) notify('done', sentence);
    expect(undo.lapse).not.toHaveBeenCalled();
    notify('error', 'Four.');
    expect(undo.lapse).toHaveBeenCalledOnce();
    expect(sentences()).toEqual(['Two.', 'Three.', 'Four.']);
  });
});

describe('where there are many notices', () => {
  it('bad news stays, and the oldest of the others goes', () => {
    notify('error', 'Bad.');
    for (const sentence of ['One.', 'Two.', 'Three.']) notify('done', sentence);
    expect(sentences()).toEqual(['Bad.', 'Two.', 'Three.']);
    notify('error', 'Worse.');
    expect(sentences()).toEqual(['Bad.', 'Three.', 'Worse.']);
  });

  it('no bad news goes for want of room', () => {
    for (const sentence of ['One.', 'Two.', 'Three.', 'Four.']) notify('error', sentence);
    notify('done', 'Five.');
    notify('done', 'Six.');
    expect(sentences()).toEqual(['One.', 'Two.', 'Three.', 'Four.', 'Six.']);
  });

  it('bad news that comes again is said once, as the latest', () => {
    for (const sentence of ['One.', 'Two.', 'One.']) notify('error', sentence);
    expect(sentences()).toEqual(['Two.', 'One.']);
  });
});
