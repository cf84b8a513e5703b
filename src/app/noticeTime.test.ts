import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dismissNotice, notices, notify } from './notices.ts';
import { holdNotices, runNoticeTime } from './noticeTime.ts';

const sentences = () => notices.getState().shown.map(({ sentence }) => sentence);
const offer = () => ({ label: 'Undo', take: vi.fn(), lapse: vi.fn() });

let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  notices.setState({ shown: [] });
  stop = runNoticeTime();
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

describe('a notice', () => {
  it('goes after its time, later where something is offered, and never when it is bad news', () => {
    const undo = offer();
    notify('error', 'Failed.');
    notify('done', 'Deleted.', undo);
    notify('done', 'Copied.');
    vi.advanceTimersByTime(5999);
    expect(sentences()).toEqual(['Failed.', 'Deleted.', 'Copied.']);
    vi.advanceTimersByTime(1);
    expect(sentences()).toEqual(['Failed.', 'Deleted.']);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(5999);
    expect(undo.lapse).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(undo.lapse).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(3_600_000);
    expect(sentences()).toEqual(['Failed.']);
  });

  it('has its own time, whatever others come and go', () => {
    notify('done', 'One.');
    vi.advanceTimersByTime(4000);
    const second = notify('done', 'Two.');
    vi.advanceTimersByTime(1000);
    dismissNotice(second);
    notify('done', 'Three.');
    vi.advanceTimersByTime(1000);
    expect(sentences()).toEqual(['Three.']);
    vi.advanceTimersByTime(5000);
    expect(sentences()).toEqual([]);
  });

  it('that was there before goes too', () => {
    stop();
    notify('done', 'Early.');
    stop = runNoticeTime();
    vi.advanceTimersByTime(6000);
    expect(sentences()).toEqual([]);
  });
});

describe('while notices are held', () => {
  it('their time stands still, and goes on with what was left', () => {
    const undo = offer();
    notify('done', 'Switched.', undo);
    vi.advanceTimersByTime(10_000);
    const release = holdNotices();
    vi.advanceTimersByTime(3_600_000);
    expect(sentences()).toEqual(['Switched.']);
    release();
    vi.advanceTimersByTime(1999);
    expect(undo.lapse).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(undo.lapse).toHaveBeenCalledOnce();
    expect(sentences()).toEqual([]);
  });

  it('those that come then have all of their time afterwards', () => {
    const release = holdNotices();
    notify('done', 'Copied.');
    vi.advanceTimersByTime(60_000);
    release();
    vi.advanceTimersByTime(5999);
    expect(sentences()).toEqual(['Copied.']);
    vi.advanceTimersByTime(1);
    expect(sentences()).toEqual([]);
  });

  it('every holder has to let go, once', () => {
    const [dialog, pointer] = [holdNotices(), holdNotices()];
    notify('done', 'Copied.');
    dialog();
    dialog();
    vi.advanceTimersByTime(60_000);
    expect(sentences()).toEqual(['Copied.']);
    pointer();
    vi.advanceTimersByTime(6000);
    expect(sentences()).toEqual([]);
  });
});

it('ends with the page that it was started for', () => {
  notify('done', 'Copied.');
  stop();
  vi.advanceTimersByTime(60_000);
  expect(sentences()).toEqual(['Copied.']);
  expect(vi.getTimerCount()).toBe(0);
});
