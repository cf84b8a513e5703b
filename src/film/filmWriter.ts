import { Muxer, StreamTarget } from 'mp4-muxer';
import { invariant, ShotweaveError } from '../lib/errors.ts';
import { mendAv1ConfigBox } from './av1ConfigBox.ts';
import { type CodecChoice, pickCodec } from './codec.ts';
import { evenSize, filmColourSpace, i420Bytes, rgbaToI420 } from './colour.ts';
import type { VideoCodecName } from './levels.ts';
import type { FilmSink } from './sink.ts';
import { storyboardBox } from './storyboardBox.ts';

export interface FilmWriterOptions {
  /** Pixels of the frames. An odd size is made even by repeating the last row or column. */
  width: number;
  height: number;
  /** Whole frames a second. */
  fps: number;
  /** Put into the film, so that the film opens as its storyboard. */
  storyboardJson: string;
  sink: FilmSink;
  /** Frames of the whole film, where known: the index then comes first, and the film plays while it is still arriving. */
  frames?: number;
  /** This codec and no other; by default the first that works here. */
  codec?: VideoCodecName;
  /** Bits a second; by default those of a finished film. */
  bitrate?: number;
  /** Called once, when the encoder has given its first chunk. */
  onFirstChunk?: (codec: VideoCodecName) => void;
}

export interface FilmWriter {
  readonly codec: VideoCodecName;
  /**
   * Adds a frame; resolves when there is room for the next, so await it.
   * @param rgba [height, width, 4]; may be reused once this resolves.
   * @param frameIndex 0, 1, 2, ...
   */
  write(
    rgba: Uint8ClampedArray<ArrayBuffer>,
    frameIndex: number,
    options?: { keyFrame?: boolean },
  ): Promise<void>;
  /** Ends the film and closes the sink; `bytes` is the size of the file. */
  finish(): Promise<{ codec: VideoCodecName; bytes: number }>;
  /** Gives the film up and discards what the sink holds; calls still waiting reject with `cancelled`. Does nothing after finish(). */
  abort(): Promise<void>;
}

/** Frames waiting in the encoder before write() waits. */
const queueLimit = 4;

const muxerCodec = { h264: 'avc', vp9: 'vp9', av1: 'av1' } as const;

/**
 * Encodes frames and writes them as a plain (not fragmented) MP4, at most half a second of it in memory.
 * Runs in a worker or on a page. Make it when the first frame is at hand: browsers take idle encoders back.
 *
 * Every failure, of the encoder or of the sink, discards the film and rejects the call at hand and each one after it.
 * @throws `codec-unavailable`, `storyboard-invalid` (too long for the film), and what the sink throws.
 */
export async function createFilmWriter(options: FilmWriterOptions): Promise<FilmWriter> {
  try {
    const trailer = storyboardBox(options.storyboardJson);
    return new Mp4FilmWriter(options, trailer, await pickCodec(options, options.codec));
  } catch (cause) {
    await options.sink.discard();
    throw cause;
  }
}

class Mp4FilmWriter implements FilmWriter {
  readonly codec: VideoCodecName;
  readonly #options: FilmWriterOptions;
  readonly #trailer: Uint8Array<ArrayBuffer>;
  readonly #encoder: VideoEncoder;
  readonly #muxer: Muxer<StreamTarget>;
  /** Coded size and the one buffer that frames are converted into. */
  readonly #width: number;
  readonly #height: number;
  readonly #picture: Uint8Array<ArrayBuffer>;
  #framesIn = 0;
  #chunksOut = 0;
  #lastKeyFrame = 0;
  #bytes = 0;
  #finished = false;
  /** Why the film was given up: the first fault, or that the caller asked for it. */
  #failure: unknown;
  #discarded: Promise<void> | undefined;
  /** Wakes the write() that waits for room. */
  #wake = () => {};
  /** The sink's writes, one after the other. */
  #writing = Promise.resolve();

  constructor(options: FilmWriterOptions, trailer: Uint8Array<ArrayBuffer>, choice: CodecChoice) {
    this.#options = options;
    this.#trailer = trailer;
    this.codec = choice.name;
    this.#width = evenSize(options.width);
    this.#height = evenSize(options.height);
    this.#picture = new Uint8Array(i420Bytes(options.width, options.height));
    this.#muxer = new Muxer({
      target: new StreamTarget({
        onData: (data, position) => {
          const bytes = new Uint8Array(data);
          if (choice.name === 'av1') mendAv1ConfigBox(bytes, choice.config.codec);
          this.#send(bytes, position);
        },
      }),
      video: {
        codec: muxerCodec[choice.name],
        width: this.#width,
        height: this.#height,
        frameRate: options.fps,
      },
      fastStart: options.frames === undefined ? false : { expectedVideoChunks: options.frames },
    });
    this.#encoder = new VideoEncoder({
      output: (chunk, metadata) => this.#mux(chunk, metadata),
      error: (cause) => this.#fail(encoderFailure(cause)),
    });
    this.#encoder.addEventListener('dequeue', () => this.#wake());
    this.#encoder.configure(choice.config);
  }

  async write(
    rgba: Uint8ClampedArray<ArrayBuffer>,
    frameIndex: number,
    { keyFrame = false }: { keyFrame?: boolean } = {},
  ): Promise<void> {
    const { width, height, fps, frames } = this.#options;
    this.#throwFailure();
    invariant(!this.#finished, 'no frame comes after finish()');
    invariant(frameIndex === this.#framesIn, `frame ${this.#framesIn} comes next, not ${frameIndex}`);
    invariant(frames === undefined || frameIndex < frames, `the film has ${frames} frames`);
    invariant(rgba.length === width * height * 4, 'a frame has width x height RGBA pixels');
    await this.#guard(async () => {
      const isKey = keyFrame || frameIndex === 0 || frameIndex - this.#lastKeyFrame >= fps;
      if (isKey) this.#lastKeyFrame = frameIndex;
      this.#framesIn++;
      rgbaToI420(rgba, width, height, this.#picture);
      const frame = new VideoFrame(this.#picture, {
        format: 'I420',
        codedWidth: this.#width,
        codedHeight: this.#height,
        timestamp: this.#microseconds(frameIndex),
        duration: this.#microseconds(1),
        colorSpace: filmColourSpace,
      });
      try {
        this.#encoder.encode(frame, { keyFrame: isKey });
      } finally {
        frame.close();
      }
      await this.#room();
      await this.#writing;
    });
  }

  async finish(): Promise<{ codec: VideoCodecName; bytes: number }> {
    this.#throwFailure();
    invariant(!this.#finished, 'a film is finished once');
    invariant(this.#framesIn > 0, 'a film has a frame');
    await this.#guard(async () => {
      await this.#encoder.flush();
      this.#throwFailure();
      if (this.#chunksOut !== this.#framesIn) {
        throw encoderFailure(new Error(`${this.#framesIn} frames gave ${this.#chunksOut} chunks`));
      }
      this.#encoder.close();
      this.#muxer.finalize();
      this.#send(this.#trailer, this.#bytes);
      await this.#writing;
      this.#throwFailure();
      await this.#options.sink.close();
      this.#finished = true;
    });
    return { codec: this.codec, bytes: this.#bytes };
  }

  async abort(): Promise<void> {
    if (this.#finished) return;
    this.#fail(new ShotweaveError('cancelled', 'The film was cancelled, and nothing of it was kept.'));
    this.#discarded ??= this.#discard();
    await this.#discarded;
  }

  async #discard(): Promise<void> {
    if (this.#encoder.state !== 'closed') this.#encoder.close();
    await this.#writing;
    await this.#options.sink.discard();
  }

  /** Runs a part of the work; on any failure, its own or one reported meanwhile, gives the film up. */
  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      if (!this.#finished) this.#throwFailure();
    } catch (cause) {
      this.#fail(cause instanceof ShotweaveError ? cause : encoderFailure(cause));
      await this.abort();
      // The first failure is the reason; what it broke on the way (an encoder closed by its error) is not.
      throw this.#failure;
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #fail(cause: unknown): void {
    this.#failure ??= cause;
    this.#wake();
  }

  /** Resolves when the encoder's queue is short enough, or the film has failed. */
  async #room(): Promise<void> {
    while (this.#failure === undefined && this.#encoder.encodeQueueSize >= queueLimit) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #mux(chunk: EncodedVideoChunk, metadata?: EncodedVideoChunkMetadata): void {
    if (this.#failure !== undefined) return;
    try {
      const data = new Uint8Array(chunk.byteLength);
      chunk.copyTo(data);
      const decoderConfig = metadata?.decoderConfig;
      this.#muxer.addVideoChunkRaw(data, chunk.type, chunk.timestamp, this.#microseconds(1), {
        // Encoders may leave the colour out; the frames were made in this one.
        ...(decoderConfig && { decoderConfig: { ...decoderConfig, colorSpace: filmColourSpace } }),
      });
    } catch (cause) {
      this.#fail(encoderFailure(cause));
      return;
    }
    this.#chunksOut++;
    if (this.#chunksOut === 1) this.#options.onFirstChunk?.(this.codec);
  }

  #send(data: Uint8Array<ArrayBuffer>, position: number): void {
    this.#bytes = Math.max(this.#bytes, position + data.length);
    this.#writing = this.#writing
      .then(() => (this.#failure === undefined ? this.#options.sink.write(data, position) : undefined))
      .catch((cause: unknown) => this.#fail(cause));
  }

  #microseconds(frames: number): number {
    return Math.round((frames * 1e6) / this.#options.fps);
  }
}

function encoderFailure(cause: unknown): ShotweaveError {
  return new ShotweaveError(
    'codec-unavailable',
    'The video encoder of this browser stopped in the middle of the film: generate it again, and if it stops again, restart the browser.',
    { cause },
  );
}
