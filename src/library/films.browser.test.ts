import * as Comlink from 'comlink';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cdp } from 'vitest/browser';
import { paperFrame, psnr } from '../film/fixtures/pictures.ts';
import { playBack } from '../film/fixtures/playback.ts';
import { readStoryboardBox } from '../film/storyboardBox.ts';
import { deleteFilm, listFilms, readFilm } from './films.ts';
import { filmMaker } from './fixtures/filmMaker.ts';

type Worked = { maker: Comlink.Remote<typeof filmMaker>; close: () => void };

function openWorker(): Worked {
  const worker = new Worker(new URL('./fixtures/filmMaker.worker.ts', import.meta.url), { type: 'module' });
  return { maker: Comlink.wrap<typeof filmMaker>(worker), close: () => worker.terminate() };
}

const { maker: inWorker, close } = openWorker();
afterAll(close);

beforeEach(emptyStorage);
afterEach(emptyStorage);

async function emptyStorage(): Promise<void> {
  const root = await navigator.storage.getDirectory();
  for (const name of ['films', 'unfinished', 'latents', 'router']) {
    await root.removeEntry(name, { recursive: true }).catch(() => undefined);
  }
}

async function namesIn(folder: 'films' | 'unfinished' | 'latents' | 'router'): Promise<string[]> {
  const root = await navigator.storage.getDirectory();
  const names: string[] = [];
  for await (const name of (await root.getDirectoryHandle(folder, { create: true })).keys()) names.push(name);
  return names.sort();
}

async function bytesOf(fileName: string): Promise<Uint8Array> {
  const file = await readFilm(fileName);
  return new Uint8Array((await file?.arrayBuffer()) ?? new ArrayBuffer(0));
}

const letters = (text: string) => new TextEncoder().encode(text);

describe.each([
  ['on a page', filmMaker],
  ['in a worker', inWorker],
])('a film written %s', (_, maker) => {
  it('plays from storage and carries its storyboard', async () => {
    expect(await maker.makeFilm('boat.mp4', 30, '{"title":"boat"}')).toBe('done');
    const film = await readFilm('boat.mp4');
    if (film === null) throw new Error('No film');
    const playback = await playBack(film, 24, 30);
    expect(playback).toMatchObject({ width: 320, height: 192 });
    expect(playback.duration).toBeCloseTo(30 / 24, 3);
    for (const [i, picture] of playback.frames.entries()) {
      expect(psnr(picture, paperFrame(320, 192, i)), `frame ${i}`).toBeGreaterThan(36);
    }
    expect(await readStoryboardBox(film)).toBe('{"title":"boat"}');
    expect(await namesIn('films')).toEqual(['boat.mp4']);
  });

  it('takes bytes at any position', async () => {
    const parts = [
      { data: letters('world'), at: 6 },
      { data: letters('hello '), at: 0 },
      { data: letters('W'), at: 6 },
      { data: letters('!'), at: 13 },
    ];
    expect(await maker.writeParts('text.mp4', parts, 'close')).toBe('done');
    expect(await bytesOf('text.mp4')).toEqual(letters('hello World\0\0!'));
  });

  it('takes the place of an older film only when it is whole', async () => {
    await maker.writeParts('film.mp4', [{ data: letters('the older, longer film'), at: 0 }], 'close');
    await maker.writeParts('film.mp4', [{ data: letters('thrown away'), at: 0 }], 'discard');
    expect(await bytesOf('film.mp4')).toEqual(letters('the older, longer film'));
    expect(await maker.writeParts('film.mp4', [{ data: letters('new'), at: 0 }], 'close')).toBe('done');
    expect(await bytesOf('film.mp4')).toEqual(letters('new'));
    expect(await namesIn('films')).toEqual(['film.mp4']);
    expect(await namesIn('unfinished')).toEqual([]);
  });

  it('that fills the storage says so, leaves nothing of itself and keeps the other films', async () => {
    await maker.writeParts('other.mp4', [{ data: letters('other'), at: 0 }], 'close');
    const megabyte = new Uint8Array(1 << 20);
    const parts = Array.from({ length: 16 }, (_, i) => ({ data: megabyte, at: i << 20 }));
    await limitStorage(4 << 20);
    try {
      expect(await maker.writeParts('large.mp4', parts, 'close')).toBe('storage-full');
    } finally {
      await limitStorage(null);
    }
    expect(await namesIn('films')).toEqual(['other.mp4']);
    expect(await namesIn('unfinished')).toEqual([]);
    expect(await bytesOf('other.mp4')).toEqual(letters('other'));
    expect(await maker.writeParts('large.mp4', parts, 'close')).toBe('done');
  });
});

/** Sets how many bytes this origin may store; null lifts the limit. */
async function limitStorage(bytes: number | null): Promise<void> {
  const quotaSize = bytes === null ? {} : { quotaSize: bytes };
  await cdp().send('Storage.overrideQuotaForOrigin', { origin: location.origin, ...quotaSize });
}

describe('films', () => {
  it('are listed with their sizes, the newest first', async () => {
    expect(await listFilms()).toEqual([]);
    const before = Date.now();
    await filmMaker.writeParts('one.mp4', [{ data: letters('1'), at: 0 }], 'close');
    await until(() => Date.now() > before + 20);
    await filmMaker.writeParts('two.mp4', [{ data: letters('22'), at: 0 }], 'close');
    const films = await listFilms();
    expect(films.map(({ fileName, bytes }) => [fileName, bytes])).toEqual([
      ['two.mp4', 2],
      ['one.mp4', 1],
    ]);
    for (const { modified } of films) expect(modified).toBeGreaterThanOrEqual(before - 1000);
  });

  it('left unfinished by a closed tab are not listed, and go when another is made', async () => {
    const lost = openWorker();
    await lost.maker.writeParts('lost.mp4', [{ data: letters('lost'), at: 0 }], 'leave');
    expect(await listFilms()).toEqual([]);
    await inWorker.writeParts('film.mp4', [{ data: letters('kept'), at: 0 }], 'close');
    // The other tab was still at it.
    expect(await namesIn('unfinished')).toHaveLength(1);
    lost.close();
    await until(async () => {
      await inWorker.writeParts('film.mp4', [{ data: letters('kept'), at: 0 }], 'close');
      return (await namesIn('unfinished')).length === 0;
    });
    expect(await namesIn('films')).toEqual(['film.mp4']);
  });

  it('are counted and deleted with all that is kept beside them, and with nothing else', async () => {
    for (const name of ['film.mp4', 'film-2.mp4']) {
      await filmMaker.writeParts(name, [{ data: letters('four'), at: 0 }], 'close');
    }
    const beside = [
      ['latents', 'film.mp4', 'latents'],
      ['latents', 'film-2.mp4', 'other'],
      ['router', 'film.mp4', 'router'],
      ['router', 'film.more', '+'],
      ['router', 'unfinished-film', 'going on'],
    ] as const;
    const root = await navigator.storage.getDirectory();
    for (const [folder, name, text] of beside) {
      const holder = await root.getDirectoryHandle(folder, { create: true });
      const stream = await (await holder.getFileHandle(name, { create: true })).createWritable();
      await stream.write(text);
      await stream.close();
    }
    const bytes = async () => new Map((await listFilms()).map((film) => [film.fileName, film.bytes]));
    expect(await bytes()).toEqual(
      new Map([
        ['film.mp4', 4 + 7 + 6 + 1],
        ['film-2.mp4', 4 + 5],
      ]),
    );
    await deleteFilm('film.mp4');
    expect(await bytes()).toEqual(new Map([['film-2.mp4', 9]]));
    expect(await namesIn('latents')).toEqual(['film-2.mp4']);
    expect(await namesIn('router')).toEqual(['unfinished-film']);
  });

  it('can be deleted, once or twice', async () => {
    await filmMaker.writeParts('film.mp4', [{ data: letters('x'), at: 0 }], 'close');
    await deleteFilm('film.mp4');
    await deleteFilm('film.mp4');
    expect(await listFilms()).toEqual([]);
    expect(await readFilm('film.mp4')).toBeNull();
  });
});

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}
