import { ShotweaveError } from '../lib/errors.ts';
import { evenSize, filmColourSpace, i420Bytes } from './colour.ts';
import type { VideoCodecName } from './levels.ts';
import { codecStrings, filmBitrate, type PictureFormat } from './levels.ts';

/** An encoder that has been seen to work here. */
export interface CodecChoice {
  name: VideoCodecName;
  config: VideoEncoderConfig;
}

/** By how many players open it, best first. */
const preference: readonly VideoCodecName[] = ['h264', 'vp9', 'av1'];

/** A stuck encoder is given up after this many milliseconds; a working one takes a small part of it. */
const probeLimit = 10_000;

/**
 * Finds the codec for a film: H.264, else VP9, else AV1. A codec counts once a real encoder has been configured with it
 * and has given a keyframe for a real picture of this size: `isConfigSupported` alone promises what some encoders do not keep.
 *
 * @param format Odd sizes are made even, as the film's frames will be; without a bitrate (bits a second) it is a finished film's.
 * @param only Considers this codec alone.
 * @throws `codec-unavailable` when none works.
 */
export async function pickCodec(
  format: PictureFormat & { bitrate?: number },
  only?: VideoCodecName,
): Promise<CodecChoice> {
  const even = { width: evenSize(format.width), height: evenSize(format.height), fps: format.fps };
  const bitrate = format.bitrate ?? filmBitrate(even);
  const faults: unknown[] = [];
  if (typeof VideoEncoder !== 'undefined') {
    for (const name of only === undefined ? preference : [only]) {
      for (const config of encoderConfigs(name, even, bitrate)) {
        try {
          await probe(config, even);
          return { name, config };
        } catch (fault) {
          faults.push(fault);
        }
      }
    }
  }
  throw new ShotweaveError(
    'codec-unavailable',
    `This browser cannot encode video of ${even.width} x ${even.height} at ${even.fps} frames a second: choose a smaller picture, or open the studio in a current Chrome, Edge or Safari.`,
    { cause: new AggregateError(faults, 'No encoder gave a keyframe') },
  );
}

/** Those of all codecs that encode such a film here, best first. */
export async function workingCodecs(format: PictureFormat): Promise<VideoCodecName[]> {
  const works = await Promise.all(
    preference.map((name) =>
      pickCodec(format, name).then(
        () => true,
        () => false,
      ),
    ),
  );
  return preference.filter((_, index) => works[index]);
}

function encoderConfigs(name: VideoCodecName, format: PictureFormat, bitrate: number): VideoEncoderConfig[] {
  return codecStrings(name, format, bitrate).map((codec) => ({
    codec,
    width: format.width,
    height: format.height,
    framerate: format.fps,
    bitrate,
    bitrateMode: 'variable',
    // 'realtime' would let the encoder drop frames.
    latencyMode: 'quality',
    ...(name === 'h264' && { avc: { format: 'avc' } }),
  }));
}

/** Encodes one picture, a gradient, and rejects unless it comes out as a keyframe with all that a file needs. */
async function probe(config: VideoEncoderConfig, format: PictureFormat): Promise<void> {
  const { supported } = await VideoEncoder.isConfigSupported(config);
  if (!supported) throw new Error(`${config.codec} is not supported`);

  let timer: ReturnType<typeof setTimeout> | undefined;
  let encoder: VideoEncoder | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`${config.codec} gave nothing`)), probeLimit);
      encoder = new VideoEncoder({
        output: (chunk, metadata) => {
          const described = config.avc === undefined || metadata?.decoderConfig?.description !== undefined;
          if (chunk.type === 'key' && chunk.byteLength > 0 && described) resolve();
          else reject(new Error(`${config.codec} gave a chunk that starts no film`));
        },
        error: reject,
      });
      encoder.configure(config);
      encodeGradient(encoder, format);
      encoder.flush().then(() => reject(new Error(`${config.codec} gave no chunk`)), reject);
    });
  } finally {
    clearTimeout(timer);
    if (encoder?.state === 'configured') encoder.close();
  }
}

function encodeGradient(encoder: VideoEncoder, { width, height, fps }: PictureFormat): void {
  const picture = new Uint8Array(i420Bytes(width, height)).map((_, i) => 16 + ((i % width) & 127));
  const frame = new VideoFrame(picture, {
    format: 'I420',
    codedWidth: width,
    codedHeight: height,
    timestamp: 0,
    duration: Math.round(1e6 / fps),
    colorSpace: filmColourSpace,
  });
  encoder.encode(frame, { keyFrame: true });
  frame.close();
}
