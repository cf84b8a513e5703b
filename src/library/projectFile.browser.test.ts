import { BlobReader, BlobWriter, ZipReader, ZipWriter } from '@zip.js/zip.js/lib/zip-core-native.js';
import { deleteDB } from 'idb';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFilmWriter } from '../film/filmWriter.ts';
import { BlobSink } from '../film/fixtures/blobSink.ts';
import { serializeStoryboard } from '../storyboard/document.ts';
import { loadFilmRecord, readDocument, saveDocument } from './database.ts';
import { latentsFolder, loadFilmLatents, saveFilmLatents } from './filmLatents.ts';
import { openFilmSink } from './filmSink.ts';
import { filmsFolder, readFilm } from './films.ts';
import { filmResult, storyboardOf } from './fixtures/records.ts';
import { openProject } from './projectFileOpen.ts';
import { projectContents, writeProject } from './projectFileSave.ts';
import { listProjects, saveStill } from './projects.ts';
import { listTakes, pinTake, saveFilmRecord, saveTakeStill, showTake } from './takes.ts';

const storyboard = storyboardOf('Two takes');
const latents = {
  model: 'papercut',
  width: 320,
  height: 192,
  shots: [{ id: 'a1', context: 0, count: 2, latents: Float32Array.of(1, -2, 3.5, 4) }],
};

async function namesIn(folder: FileSystemDirectoryHandle): Promise<string[]> {
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  return names.sort();
}

/** Everything that the library holds, by name. */
async function library(): Promise<unknown> {
  const documents = (await listProjects()).map(({ id, title }) => ({ id, title }));
  const takes = await Promise.all(documents.map(({ id }) => listTakes(id)));
  return {
    documents,
    takes: takes.flat().map(({ documentId, number, record }) => [documentId, number, record.fileName]),
    films: await namesIn(await filmsFolder()),
    latents: await namesIn(await latentsFolder()),
  };
}

/** A film of one frame in the library. */
async function makeFilm(fileName: string, shade: number): Promise<void> {
  const writer = await createFilmWriter({
    width: 32,
    height: 32,
    fps: 24,
    storyboardJson: serializeStoryboard(storyboard),
    sink: await openFilmSink(fileName),
  });
  await writer.write(new Uint8ClampedArray(32 * 32 * 4).fill(shade), 0);
  const { bytes } = await writer.finish();
  await saveFilmRecord('d', { ...filmResult(fileName), bytes, storyboard });
}

async function emptyLibrary(): Promise<void> {
  await deleteDB('shotweave');
  const root = await navigator.storage.getDirectory();
  for (const folder of ['films', 'latents', 'router', 'unfinished']) {
    await root.removeEntry(folder, { recursive: true }).catch(() => undefined);
  }
}

beforeEach(async () => {
  await emptyLibrary();
  await saveDocument('d', storyboard);
  await makeFilm('one.mp4', 40);
  await makeFilm('two.mp4', 200);
  await saveFilmLatents('one.mp4', latents);
  await saveTakeStill('one.mp4', new Blob(['a picture'], { type: 'image/webp' }));
  await saveStill('d', new Blob(['the picture'], { type: 'image/webp' }));
  await pinTake('one.mp4', true);
  await showTake('one.mp4');
});

const never = new AbortController().signal;

async function saved(): Promise<Blob> {
  const sink = new BlobSink();
  const shares: number[] = [];
  const contents = await projectContents('d', storyboard);
  await writeProject(contents, sink, (share) => shares.push(share), never);
  expect(sink.closed).toBe(true);
  expect(shares.at(-1)).toBe(1);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  return sink.blob;
}

describe('a project file', () => {
  it('brings document, takes, latents and pictures into another library', async () => {
    const films = await Promise.all(
      ['one.mp4', 'two.mp4'].map(async (name) => (await readFilm(name))?.bytes()),
    );
    const file = await saved();
    await emptyLibrary();
    expect(await openProject(file)).toEqual({ documentId: 'd', storyboard, takes: 2 });
    expect((await readDocument('d')).value).toMatchObject({ title: 'Two takes', storyboard });
    const [two, one] = await listTakes('d');
    expect(one).toMatchObject({ number: 1, pinned: true });
    expect(two).toMatchObject({ number: 2, pinned: false, still: null });
    expect(await one?.still?.text()).toBe('a picture');
    expect(await (await listProjects())[0]?.still?.text()).toBe('the picture');
    const names = [one, two].map((take) => take?.record.fileName ?? '');
    expect(await Promise.all(names.map(async (name) => (await readFilm(name))?.bytes()))).toEqual(films);
    expect(await loadFilmLatents(names[0] ?? '')).toEqual(latents);
    expect(await loadFilmLatents(names[1] ?? '')).toBeNull();
    expect((await loadFilmRecord('d')).value?.fileName).toBe(names[0]);
  });

  it('gets a new id and new names where the document is there already', async () => {
    const before = await library();
    const { documentId } = await openProject(await saved());
    expect(documentId).not.toBe('d');
    expect((await listTakes(documentId)).map(({ number }) => number)).toEqual([2, 1]);
    const names = (await listTakes('d')).map(({ record }) => record.fileName);
    expect(names).toEqual(['two.mp4', 'one.mp4']);
    expect(await library()).not.toEqual(before);
    expect(await namesIn(await filmsFolder())).toHaveLength(4);
  });

  it('leaves out takes whose film is gone', async () => {
    await (await filmsFolder()).removeEntry('one.mp4');
    const { takes } = await openProject(await saved());
    expect(takes).toBe(1);
  });

  it('can be stopped while it is written, and leaves no file then', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    const sink = new BlobSink();
    const contents = await projectContents('d', storyboard);
    await expect(writeProject(contents, sink, () => undefined, stop.signal)).rejects.toThrow('stopped');
    expect(sink.discarded).toBe(true);
  });
});

type Change = (name: string, content: Blob) => Promise<Blob | null> | Blob | null;

/** The project file with entries changed, left out (null) or added, packed anew. */
async function altered(change: Change, added: Record<string, Blob> = {}): Promise<Blob> {
  const zip = new ZipWriter(new BlobWriter('application/zip'), { useWebWorkers: false });
  for await (const entry of new ZipReader(new BlobReader(await saved())).getEntriesGenerator()) {
    if (entry.directory) continue;
    const content = await change(entry.filename, await entry.getData(new BlobWriter()));
    if (content) await zip.add(entry.filename, new BlobReader(content));
  }
  for (const [name, content] of Object.entries(added)) await zip.add(name, new BlobReader(content));
  return zip.close();
}

const only =
  (path: string, change: (content: Blob) => Promise<Blob | null> | Blob | null): Change =>
  (name, content) =>
    name === path ? change(content) : content;

const inManifest = (
  change: (manifest: { [field: string]: unknown; takes: { record: object }[] }) => object,
) =>
  altered(
    only(
      'manifest.json',
      async (content) => new Blob([JSON.stringify(change(JSON.parse(await content.text())))]),
    ),
  );

async function flipped(file: Blob, where: string): Promise<Blob> {
  const bytes = await file.bytes();
  const text = new TextDecoder('latin1').decode(bytes);
  const at = text.indexOf(where);
  expect(at).toBeGreaterThan(0);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return new Blob([bytes]);
}

describe('a file that is no whole project changes nothing and is refused in a sentence', () => {
  const damaged = /^This project file is damaged or cut short: /;
  it.each<[string, () => Promise<Blob>, RegExp]>([
    ['no archive', async () => new Blob(['PK\x03\x04 or so they say']), damaged],
    ['cut short', async () => (await saved()).slice(0, -30), damaged],
    [
      'of another program',
      () => altered((name, content) => (name === 'manifest.json' ? null : content)),
      /not a Shotweave project/,
    ],
    ['with another manifest', () => inManifest(() => ({ format: 'other' })), /not a Shotweave project/],
    [
      'of a newer version',
      () => inManifest((manifest) => ({ ...manifest, version: 2 })),
      /of version 2 .* update Shotweave/,
    ],
    [
      'with a take that lacks facts',
      () => inManifest((manifest) => ({ ...manifest, takes: [{ number: 1 }] })),
      damaged,
    ],
    [
      'with two takes of a number',
      () => inManifest((manifest) => ({ ...manifest, takes: [manifest.takes[0], manifest.takes[0]] })),
      damaged,
    ],
    ['without its storyboard', () => altered(only('storyboard.json', () => null)), damaged],
    [
      'with a storyboard that is none',
      () => altered(only('storyboard.json', () => new Blob(['{}']))),
      /comes from another program/,
    ],
    ['without a film', () => altered(only('takes/2/film.mp4', () => null)), damaged],
    [
      'with a longer film than it says',
      () => altered(only('takes/2/film.mp4', (film) => new Blob([film, 'more']))),
      damaged,
    ],
    [
      'with a film that is none',
      () => altered(only('takes/2/film.mp4', (film) => new Blob(['x'.repeat(film.size)]))),
      damaged,
    ],
    [
      'with latents that are none',
      () => altered(only('takes/1/latents.bin', () => new Blob(['latents']))),
      damaged,
    ],
    ['with a byte changed', async () => flipped(await saved(), 'a picture'), damaged],
    [
      'with a path that leads out',
      () => altered((_, content) => content, { '../../films/evil.mp4': new Blob(['x']) }),
      /names that lead out of it/,
    ],
    [
      'with an absolute path',
      () => altered((_, content) => content, { '/films/evil.mp4': new Blob(['x']) }),
      /names that lead out of it/,
    ],
    [
      'that unpacks to a thousand times its size',
      () => altered((_, content) => content, { 'takes/9/film.mp4': new Blob([new Uint8Array(2 ** 24)]) }),
      /unpack to far more/,
    ],
  ])('%s', async (_, make, sentence) => {
    const file = await make();
    const before = await library();
    const error: unknown = await openProject(file).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ name: 'ShotweaveError' });
    expect(String((error as Error).message)).toMatch(sentence);
    expect(String((error as Error).message)).toMatch(/^\S[^.]*\S.*\.$/);
    expect(await library()).toEqual(before);
    const root = await navigator.storage.getDirectory();
    expect(await namesIn(await root.getDirectoryHandle('unfinished', { create: true }))).toEqual([]);
  });
});
