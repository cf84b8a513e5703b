import { afterEach, describe, expect, it } from 'vitest';
import { randomIntegers } from '../engine/testing/random.ts';
import { deleteFilm } from './films.ts';
import {
  dropUnfinishedRecord,
  loadRouterRecord,
  loadUnfinishedRecord,
  packRouterRecord,
  type RouterRecord,
  saveRouterRecord,
  saveUnfinishedRecord,
  unpackRouterRecord,
} from './routerRecords.ts';

/** A record of random choices. */
function record(
  groups: number,
  [frames, rows, columns]: [number, number, number],
  layers: number,
  steps: number[],
): RouterRecord {
  const values = layers * frames * rows * columns;
  return {
    ofSteps: 16,
    layers,
    groups,
    grid: { frames, rows, columns },
    steps: steps.map((step) => ({
      step,
      groups: Uint8Array.from(randomIntegers(step, values, groups)),
      quarters: Uint8Array.from(randomIntegers(step + 100, values, 4)),
    })),
  };
}

const film = record(4, [5, 3, 7], 3, [1, 6, 16]);

afterEach(async () => {
  const root = await navigator.storage.getDirectory();
  await root.removeEntry('router', { recursive: true }).catch(() => undefined);
});

describe('a packed record', () => {
  it.each([
    ['the built-in model', film],
    ['five groups, odd sizes', record(5, [1, 1, 3], 1, [2])],
    ['twenty groups', record(20, [2, 9, 5], 2, [1, 16])],
    ['as many groups as there can be', record(256, [3, 2, 2], 1, [1])],
    ['one group', record(1, [1, 1, 1], 1, [1])],
    ['no step', record(4, [2, 2, 2], 2, [])],
  ])('of %s is what it was', async (_, made) => {
    expect(await unpackRouterRecord(await (await packRouterRecord(made)).arrayBuffer())).toEqual(made);
  });

  it('of a minute in four steps takes less than 400 KB, however it is scattered', async () => {
    const long = record(4, [361, 6, 10], 8, [1, 6, 11, 16]);
    expect((await packRouterRecord(long)).size).toBeLessThan(400_000);
  });

  it('is none when it is cut, lengthened, changed or foreign', async () => {
    const whole = await (await packRouterRecord(film)).arrayBuffer();
    for (const length of [0, 3, 4, 40, whole.byteLength - 1]) {
      expect(await unpackRouterRecord(whole.slice(0, length)), `${length} bytes`).toBeNull();
    }
    const longer = new Uint8Array(whole.byteLength + 1);
    longer.set(new Uint8Array(whole));
    expect(await unpackRouterRecord(longer.buffer)).toBeNull();
    const changed = new Uint8Array(whole.slice(0));
    changed[changed.length - 20] = (changed[changed.length - 20] ?? 0) ^ 4;
    expect(await unpackRouterRecord(changed.buffer)).toBeNull();
    expect(await unpackRouterRecord(new TextEncoder().encode('no such thing').buffer)).toBeNull();
  });

  it('is none when its planes do not fit its header', async () => {
    const { steps, ...shape } = record(5, [1, 2, 2], 1, [1]);
    const outside = { ...shape, steps: steps.map((step) => ({ ...step, groups: step.groups.fill(7) })) };
    expect(await unpackRouterRecord(await (await packRouterRecord(outside)).arrayBuffer())).toBeNull();
    const short = { ...film, steps: film.steps.map((step) => ({ ...step, groups: step.groups.slice(80) })) };
    expect(await unpackRouterRecord(await (await packRouterRecord(short)).arrayBuffer())).toBeNull();
  });
});

describe('the record of a film', () => {
  it('is there as long as the film', async () => {
    await saveRouterRecord('boat-1.mp4', film);
    await saveRouterRecord('boat-2.mp4', record(20, [2, 9, 5], 2, [1]));
    expect(await loadRouterRecord('boat-1.mp4')).toEqual(film);
    await deleteFilm('boat-1.mp4');
    expect(await loadRouterRecord('boat-1.mp4')).toBeNull();
    expect(await loadRouterRecord('boat-2.mp4')).not.toBeNull();
  });

  it('in the making is kept until it is dropped or others take its place', async () => {
    await saveUnfinishedRecord('a', record(4, [5, 3, 7], 3, [1]));
    await saveUnfinishedRecord('a', film);
    expect(await loadUnfinishedRecord('a')).toEqual(film);
    await dropUnfinishedRecord('a');
    expect(await loadUnfinishedRecord('a')).toBeNull();

    await saveRouterRecord('boat.mp4', film);
    for (const fingerprint of ['a', 'b', 'c', 'd']) {
      await saveUnfinishedRecord(fingerprint, film);
      // Files are told apart by their time in milliseconds.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await loadUnfinishedRecord('a')).toBeNull();
    for (const fingerprint of ['b', 'c', 'd']) expect(await loadUnfinishedRecord(fingerprint)).toEqual(film);
    expect(await loadRouterRecord('boat.mp4')).toEqual(film);
  });
});
