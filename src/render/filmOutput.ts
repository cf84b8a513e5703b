import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { pickCodec } from '../film/codec.ts';
import { createFilmWriter, type FilmWriter } from '../film/filmWriter.ts';
import type { VideoCodecName } from '../film/levels.ts';
import { openFilmSink } from '../library/filmSink.ts';
import type { FilmGeometry } from '../plan/types.ts';
import { type Storyboard, serializeStoryboard } from '../storyboard/document.ts';
import type { FilmResult } from './protocol.ts';

/** Takes the frames of a film: encodes them into the library, hashes them, and keeps those asked for. */
export class FilmOutput {
  readonly fileName: string;
  readonly kept: FilmResult['keptFrames'] = [];
  readonly #storyboard: Storyboard;
  readonly #geometry: FilmGeometry;
  readonly #keep: ReadonlySet<number>;
  readonly #cuts: ReadonlySet<number>;
  readonly #hash = sha256.create();
  #writer: FilmWriter | null = null;

  constructor(storyboard: Storyboard, geometry: FilmGeometry, keep: readonly number[]) {
    this.#storyboard = storyboard;
    this.#geometry = geometry;
    this.#keep = new Set(keep);
    this.#cuts = new Set(geometry.shots.map(({ frames }) => frames.start));
    this.fileName = `${slug(storyboard.title)}-${crypto.randomUUID().slice(0, 8)}.mp4`;
  }

  /** Finds out before the long work whether a codec works at all. Rejects with `codec-unavailable`. */
  async probe(): Promise<void> {
    await pickCodec(this.#geometry);
  }

  /** Adds the next frame, [height, width, 4]; resolves when there is room for another. */
  async add(frame: number, rgba: Uint8ClampedArray<ArrayBuffer>): Promise<void> {
    this.#hash.update(new Uint8Array(rgba.buffer, rgba.byteOffset, rgba.byteLength));
    if (this.#keep.has(frame)) this.kept.push({ frame, rgba: rgba.slice() });
    this.#writer ??= await this.#openWriter();
    await this.#writer.write(rgba, frame, { keyFrame: this.#cuts.has(frame) });
  }

  async finish(): Promise<{ codec: VideoCodecName; bytes: number; framesSha256: string }> {
    this.#writer ??= await this.#openWriter();
    const { codec, bytes } = await this.#writer.finish();
    return { codec, bytes, framesSha256: bytesToHex(this.#hash.digest()) };
  }

  /** Leaves nothing of an unfinished film behind. */
  async abort(): Promise<void> {
    await this.#writer?.abort();
  }

  async #openWriter(): Promise<FilmWriter> {
    const { width, height, fps, frames } = this.#geometry;
    return createFilmWriter({
      width,
      height,
      fps,
      frames,
      storyboardJson: serializeStoryboard(this.#storyboard),
      sink: await openFilmSink(this.fileName),
    });
  }
}

/** A title as a file name. */
export function slug(title: string): string {
  const plain = title
    .normalize('NFKD')
    .replace(/[^\p{Letter}\p{Number}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase();
  return plain.slice(0, 60) || 'film';
}
