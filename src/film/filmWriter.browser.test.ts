import { afterEach, describe, expect, it, vi } from 'vitest';
import { ShotweaveError } from '../lib/errors.ts';
import { pickCodec } from './codec.ts';
import { createFilmWriter, type FilmWriterOptions } from './filmWriter.ts';
import { BlobSink } from './fixtures/blobSink.ts';
import { paperFrame, psnr } from './fixtures/pictures.ts';
import { playBack } from './fixtures/playback.ts';
import { readStoryboardBox } from './storyboardBox.ts';

const width = 320;
const height = 192;
const fps = 24;
const storyboardJson = '{"title":"Das rote Segelboot ⛵"}';

afterEach(() => {
  vi.restoreAllMocks();
});

async function makeFilm(options: Partial<FilmWriterOptions> & { sink: BlobSink }, frames: number) {
  const writer = await createFilmWriter({ width, height, fps, storyboardJson, ...options });
  for (let i = 0; i < frames; i++) {
    await writer.write(paperFrame(options.width ?? width, options.height ?? height, i), i);
  }
  return writer.finish();
}

async function faultOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'no fault',
    (cause: unknown) => cause,
  );
}

/** The sequence of top-level boxes, read without the code under test. */
async function topLevelBoxes(film: Blob): Promise<string[]> {
  const bytes = new DataView(await film.arrayBuffer());
  const types: string[] = [];
  for (let at = 0; at < bytes.byteLength; at += bytes.getUint32(at)) {
    types.push(String.fromCharCode(...[4, 5, 6, 7].map((i) => bytes.getUint8(at + i))));
  }
  return types;
}

describe('pickCodec', () => {
  it('finds an encoder for the usual film and for the largest', async () => {
    for (const format of [
      { width: 320, height: 192, fps: 24 },
      { width: 1920, height: 1920, fps: 60 },
    ]) {
      const { name, config } = await pickCodec(format);
      expect(['h264', 'vp9', 'av1']).toContain(name);
      expect(config).toMatchObject({ width: format.width, height: format.height });
    }
  });

  it('makes odd sizes even', async () => {
    expect((await pickCodec({ width: 33, height: 65, fps: 24 })).config).toMatchObject({
      width: 34,
      height: 66,
    });
  });

  it('says in a sentence that there is none', async () => {
    const fault = await faultOf(pickCodec({ width: 16_384, height: 16_384, fps: 60 }));
    expect(fault).toBeInstanceOf(ShotweaveError);
    expect(fault).toMatchObject({
      code: 'codec-unavailable',
      message: expect.stringContaining('smaller picture'),
    });
  });
});

describe.each(['h264', 'vp9', 'av1'] as const)('a film in %s', (codec) => {
  it('plays with every frame in its place and close to what was put in', async ({ skip }) => {
    const known = await faultOf(pickCodec({ width, height, fps }, codec));
    if (known instanceof ShotweaveError) skip(`This browser has no ${codec} encoder`);
    const sink = new BlobSink();
    const firstChunks: string[] = [];
    const result = await makeFilm(
      { sink, codec, frames: 30, onFirstChunk: (name) => firstChunks.push(name) },
      30,
    );

    expect(result).toEqual({ codec, bytes: sink.blob.size });
    expect(firstChunks).toEqual([codec]);
    expect(sink).toMatchObject({ closed: true, discarded: false });
    const playback = await playBack(sink.blob, fps, 30);
    expect(playback).toMatchObject({ width, height });
    expect(playback.duration).toBeCloseTo(30 / fps, 3);
    for (const [i, picture] of playback.frames.entries()) {
      const own = psnr(picture, paperFrame(width, height, i));
      expect(own, `frame ${i}`).toBeGreaterThan(36);
      // The neighbours in the film are other pictures, so the order is right too.
      expect(psnr(picture, paperFrame(width, height, i + 1)), `frame ${i}`).toBeLessThan(own - 3);
    }
    expect(await readStoryboardBox(sink.blob)).toBe(storyboardJson);
  });
});

describe('createFilmWriter', () => {
  it('puts the index first when the number of frames is known, else last', async () => {
    const known = new BlobSink();
    await makeFilm({ sink: known, frames: 5 }, 5);
    expect(await topLevelBoxes(known.blob)).toEqual(['ftyp', 'moov', 'free', 'mdat', 'uuid']);
    const unknown = new BlobSink();
    await makeFilm({ sink: unknown }, 5);
    expect(await topLevelBoxes(unknown.blob)).toEqual(['ftyp', 'mdat', 'moov', 'uuid']);
  });

  it('makes a film of one frame, and of fewer frames than promised', async () => {
    const sink = new BlobSink();
    await makeFilm({ sink, frames: 9 }, 1);
    const playback = await playBack(sink.blob, fps, 1);
    expect(playback.duration).toBeCloseTo(1 / fps, 2);
    expect(psnr(playback.frames[0] ?? new Uint8ClampedArray(), paperFrame(width, height, 0))).toBeGreaterThan(
      36,
    );
  });

  it('makes odd sizes even by repeating the edge', async () => {
    const sink = new BlobSink();
    await makeFilm({ sink, width: 65, height: 49 }, 3);
    expect(await playBack(sink.blob, fps, 1)).toMatchObject({ width: 66, height: 50 });
  });

  it('writes as it goes, not at the end', async () => {
    const sink = new BlobSink();
    const writer = await createFilmWriter({ width, height, fps, storyboardJson, sink });
    for (let i = 0; i < 3 * fps; i++) await writer.write(paperFrame(width, height, i), i);
    const before = sink.blob.size;
    const { bytes } = await writer.finish();
    expect(before).toBeGreaterThan(bytes / 2);
  });

  it('keeps the keyframes asked for, and one a second', async () => {
    const sink = new BlobSink();
    const writer = await createFilmWriter({ width, height, fps: 10, storyboardJson, sink, codec: 'vp9' });
    for (let i = 0; i < 25; i++) await writer.write(paperFrame(width, height, i), i, { keyFrame: i === 7 });
    await writer.finish();
    expect(await keyFrames(sink.blob)).toEqual([1, 8, 18]);
  });

  it('gives the film up on abort', async () => {
    const sink = new BlobSink();
    const writer = await createFilmWriter({ width, height, fps, storyboardJson, sink });
    await writer.write(paperFrame(width, height, 0), 0);
    const pending = faultOf(writer.write(paperFrame(width, height, 1), 1));
    await writer.abort();
    await pending;
    expect(sink).toMatchObject({ closed: false, discarded: true });
    expect(await faultOf(writer.write(paperFrame(width, height, 2), 2))).toMatchObject({ code: 'cancelled' });
    expect(await faultOf(writer.finish())).toMatchObject({ code: 'cancelled' });
  });

  it('never lets many frames wait in the encoder', async () => {
    const encode = VideoEncoder.prototype.encode;
    const waiting: number[] = [];
    vi.spyOn(VideoEncoder.prototype, 'encode').mockImplementation(function (this: VideoEncoder, ...frame) {
      waiting.push(this.encodeQueueSize);
      encode.apply(this, frame);
    });
    const sink = new BlobSink();
    const large = { width: 1280, height: 704 };
    const writer = await createFilmWriter({ ...large, fps, storyboardJson, sink });
    const frame = paperFrame(large.width, large.height, 0);
    for (let i = 0; i < 20; i++) await writer.write(frame, i);
    await writer.finish();
    expect(Math.max(...waiting)).toBeLessThan(5);
  });

  it('says that the encoder has stopped, and discards the film', async () => {
    const sink = new BlobSink();
    const writer = await createFilmWriter({ width, height, fps, storyboardJson, sink });
    await writer.write(paperFrame(width, height, 0), 0);
    vi.spyOn(VideoEncoder.prototype, 'encode').mockImplementation(() => {
      throw new DOMException('The codec was taken back', 'InvalidStateError');
    });
    const fault = await faultOf(writer.write(paperFrame(width, height, 1), 1));
    expect(fault).toMatchObject({
      code: 'codec-unavailable',
      message: expect.stringContaining('generate it again'),
    });
    expect(sink.discarded).toBe(true);
    expect(await faultOf(writer.finish())).toBe(fault);
  });

  it('hands on what the sink says and discards the film', async () => {
    const full = new ShotweaveError('storage-full', 'The disk is full.');
    const sink = new BlobSink();
    sink.write = async (_, position) => {
      if (position > 1000) throw full;
    };
    expect(await faultOf(makeFilm({ sink }, 60))).toBe(full);
    expect(sink).toMatchObject({ closed: false, discarded: true });
  });

  it('discards the film when the sink cannot be closed', async () => {
    const full = new ShotweaveError('storage-full', 'The disk is full.');
    const sink = new BlobSink();
    sink.close = async () => {
      throw full;
    };
    expect(await faultOf(makeFilm({ sink }, 2))).toBe(full);
    expect(sink.discarded).toBe(true);
  });

  it('discards the sink when there is no encoder or the storyboard is too long', async () => {
    for (const options of [{ width: 16_384, height: 16_384 }, { storyboardJson: 'x'.repeat(5_000_000) }]) {
      const sink = new BlobSink();
      const fault = await faultOf(createFilmWriter({ width, height, fps, storyboardJson, sink, ...options }));
      expect(fault).toBeInstanceOf(ShotweaveError);
      expect(sink.discarded).toBe(true);
    }
  });

  it('takes frames in order and of the right size only', async () => {
    const sink = new BlobSink();
    const writer = await createFilmWriter({ width, height, fps, storyboardJson, sink, frames: 1 });
    expect(await faultOf(writer.write(paperFrame(width, height, 0), 1))).toBeInstanceOf(Error);
    expect(await faultOf(writer.write(paperFrame(width, 8, 0), 0))).toBeInstanceOf(Error);
    await writer.write(paperFrame(width, height, 0), 0);
    expect(await faultOf(writer.write(paperFrame(width, height, 1), 1))).toBeInstanceOf(Error);
    await writer.abort();
  });
});

/** Numbers (from 1) in the sync sample table (`stss`) of a film. */
async function keyFrames(film: Blob): Promise<number[]> {
  const bytes = new Uint8Array(await film.arrayBuffer());
  const type = [...'stss'].map((letter) => letter.charCodeAt(0));
  const at = bytes.findIndex((_, i) => type.every((code, j) => bytes[i + j] === code));
  const table = new DataView(bytes.buffer, at + 4);
  return Array.from({ length: table.getUint32(4) }, (_, i) => table.getUint32(8 + 4 * i));
}
