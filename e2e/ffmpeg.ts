import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Room for the raw frames of a short film. */
const maxBuffer = 256 * 2 ** 20;

/** What ffprobe says of the one stream of a film; frames counted by decoding them. */
export interface VideoFacts {
  codec: string;
  width: number;
  height: number;
  frames: number;
  /** Frames a second as a fraction. */
  rate: string;
}

export async function probeVideo(file: string): Promise<VideoFacts> {
  const entries = 'stream=codec_type,codec_name,width,height,nb_read_frames,r_frame_rate';
  const { stdout } = await execute('ffprobe', [
    ...['-v', 'error', '-count_frames', '-show_entries', entries, '-of', 'json'],
    file,
  ]);
  const { streams } = JSON.parse(stdout);
  if (streams.length !== 1 || streams[0].codec_type !== 'video') {
    throw new Error(`${file} is not one video stream: ${stdout}`);
  }
  const { codec_name: codec, width, height, nb_read_frames: frames, r_frame_rate: rate } = streams[0];
  return { codec, width, height, frames: Number(frames), rate };
}

/** Every frame of a film as RGBA, decoded by ffmpeg with the colours that the file claims. */
export async function decodeVideo(file: string, width: number, height: number): Promise<Buffer[]> {
  const { stdout } = await execute(
    'ffmpeg',
    [
      ...['-v', 'error', '-i', file],
      ...['-vf', 'scale=flags=accurate_rnd+full_chroma_int', '-fps_mode', 'passthrough'],
      ...['-f', 'rawvideo', '-pix_fmt', 'rgba', '-'],
    ],
    { encoding: 'buffer', maxBuffer },
  );
  const bytes = width * height * 4;
  return Array.from({ length: stdout.length / bytes }, (_, i) => stdout.subarray(i * bytes, (i + 1) * bytes));
}

/** An MP4 that no studio has made. */
export async function makeForeignVideo(file: string): Promise<void> {
  await execute('ffmpeg', [
    ...['-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc=size=64x64:rate=24:duration=0.5'],
    ...['-c:v', 'mpeg4', file],
  ]);
}
