import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ProgressMeter } from './progress.ts';
import type { ProgressEvent } from './protocol.ts';

const flops = { text: 10, denoise: 80, decode: 10, total: 100 };

let events: ProgressEvent[];
const last = () => events.at(-1);

beforeEach(() => {
  events = [];
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => vi.useRealTimers());

const seconds = (count: number) => vi.advanceTimersByTime(1000 * count);

it('tells the share of all work, the time of every stage and the time left', () => {
  const meter = new ProgressMeter(
    flops,
    4,
    0,
    0,
    () => 5e6,
    (event) => events.push(event),
  );
  expect(last()).toMatchObject({ stage: 'load', fraction: 0, step: 0, secondsLeft: null, gpuBytes: 5e6 });
  seconds(3);
  meter.arrived({ bytes: 5, of: 10 });
  expect(last()).toMatchObject({ stage: 'load', download: { bytes: 5, of: 10 } });
  meter.enter('text');
  expect(last()).toMatchObject({ stage: 'text', download: null });
  seconds(1);
  meter.work('text', 1);
  meter.enter('denoise');
  expect(last()).toMatchObject({ stage: 'denoise', fraction: 0.1, secondsElapsed: 4 });
  seconds(4);
  meter.work('denoise', 0.5);
  meter.step(2);
  // Half of all work took five seconds; loading is not work.
  expect(last()).toMatchObject({ step: 2, steps: 4, fraction: 0.5, secondsLeft: 5 });
  meter.enter('decode');
  seconds(2);
  meter.work('denoise', 1);
  meter.work('decode', 1);
  meter.enter('finish');
  expect(last()).toMatchObject({ stage: 'finish', fraction: 1, secondsLeft: 0 });
  expect(meter.secondsByStage()).toEqual({ load: 3, text: 1, denoise: 4, decode: 2, finish: 0 });
});

it('judges a resumed film by the work of this making alone', () => {
  const meter = new ProgressMeter(
    flops,
    4,
    2,
    0.5,
    () => 5e6,
    (event) => events.push(event),
  );
  expect(last()).toMatchObject({ step: 2, fraction: 0.4 });
  meter.enter('text');
  meter.work('text', 1);
  meter.enter('denoise');
  seconds(6);
  meter.work('denoise', 0.75);
  meter.step(3);
  // Three tenths took six seconds, and three tenths are left.
  expect(last()?.fraction).toBeCloseTo(0.7);
  expect(last()?.secondsLeft).toBeCloseTo(6);
});

it('does not count the time that the film is paused, whichever stage it is in', () => {
  const meter = new ProgressMeter(
    flops,
    4,
    0,
    0,
    () => 5e6,
    (event) => events.push(event),
  );
  seconds(1);
  meter.pause();
  seconds(50);
  // The model is loaded meanwhile.
  meter.enter('text');
  meter.resume();
  meter.resume();
  seconds(1);
  meter.work('text', 1);
  meter.enter('denoise');
  seconds(4);
  meter.pause();
  seconds(100);
  meter.pause();
  expect(meter.secondsByStage()).toMatchObject({ load: 1, text: 1, denoise: 4 });
  seconds(100);
  meter.resume();
  meter.work('denoise', 0.5);
  meter.step(2);
  expect(last()).toMatchObject({ fraction: 0.5, secondsLeft: 5, secondsElapsed: 6 });
});
