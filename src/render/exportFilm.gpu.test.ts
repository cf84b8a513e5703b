import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ExportEvent, ExportJob } from '../film/export/exportJob.ts';
import { readStoryboardBox } from '../film/storyboardBox.ts';
import { readExport } from '../library/exportSink.ts';
import { deleteFilmLatents } from '../library/filmLatents.ts';
import type { Run } from '../plan/types.ts';
import { parseStoryboard, type Storyboard, storyboardSchema } from '../storyboard/document.ts';
import type { FilmResult } from './protocol.ts';
import { RenderSession } from './session.ts';

const session = new RenderSession(new URL('/', window.location.href));

/** Latent frames of the shots: 1 + 4 * (2 + 7 - 1) frames. */
const latentFrames = [2, 7];
const frames = 33;

function tiny(changes: Partial<Storyboard> = {}): Storyboard {
  return storyboardSchema.parse({
    format: 'shotweave/storyboard',
    version: 1,
    title: 'Export',
    width: 64,
    height: 32,
    fps: 24,
    seed: 7,
    steps: 1,
    guidance: 1,
    shots: latentFrames.map((count, index) => ({
      id: `shot${index}`,
      prompt: index === 0 ? 'a red sailboat on the sea' : 'the desert at night',
      seconds: (count * 4) / 24,
    })),
    ...changes,
  });
}

const allFrames = Array.from({ length: frames }, (_, frame) => frame);

/** A film in which the second shot is kept from an earlier one. */
let film: FilmResult;
beforeAll(async () => {
  const ignore = () => undefined;
  const first = await session.render(tiny(), {}, ignore);
  const [opening, locked] = tiny().shots;
  if (!opening || !locked) throw new Error('the film has two shots');
  const storyboard = tiny({
    shots: [
      { ...opening, prompt: 'a green car by day' },
      { ...locked, locked: true },
    ],
  });
  film = await session.render(storyboard, { base: first.fileName, keepFrames: allFrames }, ignore);
  expect(film.keptFrames).toHaveLength(frames);
});

function job(changes: Partial<ExportJob> = {}): ExportJob {
  return {
    film: film.fileName,
    storyboard: film.storyboard,
    codec: film.codec,
    quality: 'best',
    scale: 1,
    pieces: [{ name: 'whole.mp4', frames: { start: 0, count: frames } }],
    target: { kind: 'private' },
    ...changes,
  };
}

function hashOf({ start, count }: Run): string {
  const hash = sha256.create();
  for (const { rgba } of film.keptFrames.slice(start, start + count)) hash.update(new Uint8Array(rgba));
  return bytesToHex(hash.digest());
}

async function exportedNames(): Promise<string[]> {
  const root = await navigator.storage.getDirectory();
  const names: string[] = [];
  for await (const name of (await root.getDirectoryHandle('exports', { create: true })).keys())
    names.push(name);
  return names;
}

describe('exportFilm', () => {
  it('gives every frame of the film again, of the kept shot too', async () => {
    const events: ExportEvent[] = [];
    const { files, framesSha256 } = await session.exportFilm(job(), (event) => events.push(event));
    expect(framesSha256).toBe(film.framesSha256);
    expect(events.at(0)).toEqual({ done: 0, total: frames });
    expect(events.at(-1)).toEqual({ done: frames, total: frames });
    const file = await readExport(files[0]?.privateName ?? '');
    expect(file.size).toBe(files[0]?.bytes);
    expect(parseStoryboard((await readStoryboardBox(file)) ?? '')).toEqual(film.storyboard);
  });

  it.each([
    [0, 1],
    [3, 9],
    // From within the kept shot, past what its decoder remembers.
    [27, 5],
  ])('gives from frame %i on %i frames, the very same', async (start, count) => {
    const range = { start, count };
    const { framesSha256 } = await session.exportFilm(
      job({ pieces: [{ name: 'range.mp4', frames: range }] }),
      () => undefined,
    );
    expect(framesSha256).toBe(hashOf(range));
  });

  it('writes one file a shot, larger, into a folder', async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('picked', { create: true });
    const pieces = [
      { name: '1.mp4', frames: { start: 0, count: 5 } },
      { name: '2.mp4', frames: { start: 5, count: 28 } },
    ];
    const { files } = await session.exportFilm(
      job({ pieces, scale: 3, quality: 'small', target: { kind: 'folder', folder } }),
      () => undefined,
    );
    expect(files.map(({ name, privateName }) => [name, privateName])).toEqual([
      ['1.mp4', null],
      ['2.mp4', null],
    ]);
    for (const { name, frames: run } of pieces) {
      const file = await (await folder.getFileHandle(name)).getFile();
      const video = document.createElement('video');
      video.src = URL.createObjectURL(file);
      await new Promise((resolve, reject) => {
        video.onloadedmetadata = resolve;
        video.onerror = () => reject(video.error);
      });
      expect([video.videoWidth, video.videoHeight]).toEqual([192, 96]);
      expect(video.duration).toBeCloseTo(run.count / 24, 2);
      URL.revokeObjectURL(video.src);
    }
  });

  it('leaves nothing behind when it is cancelled, and works again', async () => {
    const before = await exportedNames();
    const cancelled = session.exportFilm(job(), ({ done }) => {
      if (done === 6) void session.cancel();
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    expect(await exportedNames()).toEqual(before);
    const { framesSha256 } = await session.exportFilm(job(), () => undefined);
    expect(framesSha256).toBe(film.framesSha256);
  });

  it('refuses a second export beside the first, and a film whose latents are gone', async () => {
    const first = session.exportFilm(job(), () => undefined);
    await expect(session.exportFilm(job(), () => undefined)).rejects.toThrow(/at work on another film/);
    await first;
    await deleteFilmLatents(film.fileName);
    await expect(session.exportFilm(job(), () => undefined)).rejects.toMatchObject({
      code: 'storyboard-invalid',
    });
  });
});
