import { z } from 'zod';
import type { AutoencoderConfig } from '../model/config.ts';
import { onStorage } from './storageError.ts';

/** A shot's clean latents with what stood before it, enough to decode its frames again exactly. */
export interface ShotLatents {
  id: string;
  /** Latent frames before the shot, at the head of `latents`. */
  context: number;
  /** Latent frames of the shot. */
  count: number;
  /** [context + count, height, width, channels] */
  latents: Float32Array<ArrayBuffer>;
}

/** What a finished film was decoded from, shot by shot; kept so that shots can be locked in the next film. */
export interface FilmLatents {
  model: string;
  /** Of the pictures. */
  width: number;
  height: number;
  /** Kind of the decoder that made the pictures; left out where it was not told yet. */
  decoder?: DecoderKind | undefined;
  shots: ShotLatents[];
}

export type DecoderKind = AutoencoderConfig['kind'];

const decoderKinds = ['papercut', 'wan-vae', 'taehv'] as const satisfies readonly DecoderKind[];

const count = z
  .int()
  .min(0)
  .max(1 << 20);
/** Of a shot's latents: a minute of large pictures has hundreds of millions. */
const values = z
  .int()
  .min(0)
  .max(2 ** 31);
const headerSchema = z.object({
  version: z.literal(1),
  model: z.string(),
  width: count,
  height: count,
  decoder: z.enum(decoderKinds).optional(),
  shots: z.array(z.object({ id: z.string(), context: count, count, values })),
});

/** Keeps the latents of a film beside it, under the film's file name. */
export async function saveFilmLatents(fileName: string, film: FilmLatents): Promise<void> {
  await onStorage(async () => {
    const file = await (await latentsFolder()).getFileHandle(fileName, { create: true });
    const stream = await file.createWritable();
    await stream.write(packFilmLatents(film));
    await stream.close();
  });
}

/** The latents of a film; null when they are not there or not whole. */
export async function loadFilmLatents(fileName: string): Promise<FilmLatents | null> {
  const bytes = await onStorage(async () => {
    const file = await (await latentsFolder()).getFileHandle(fileName).catch(() => null);
    return file ? (await file.getFile()).arrayBuffer() : null;
  });
  return bytes ? unpackFilmLatents(bytes) : null;
}

/** Deletes the latents of a film; its other files stay. */
export async function deleteFilmLatents(fileName: string): Promise<void> {
  await onStorage(async () => {
    await (await latentsFolder()).removeEntry(fileName).catch(() => undefined);
  });
}

/** One file: length of the header, the header as JSON, then the values of all shots, f32. */
export function packFilmLatents({ shots, ...film }: FilmLatents): Blob {
  const header = {
    version: 1,
    ...film,
    shots: shots.map(({ latents, ...shot }) => ({ ...shot, values: latents.length })),
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  return new Blob([Uint32Array.of(text.length), text, ...shots.map(({ latents }) => latents)]);
}

/** Reads what packFilmLatents made; null when it is not whole. */
export function unpackFilmLatents(bytes: ArrayBuffer): FilmLatents | null {
  if (bytes.byteLength < 4) return null;
  const length = new DataView(bytes).getUint32(0, true);
  if (4 + length > bytes.byteLength) return null;
  const header = parseHeader(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
  if (!header) return null;
  let at = 4 + length;
  const shots: ShotLatents[] = [];
  for (const { values, ...shot } of header.shots) {
    const end = at + values * 4;
    if (end > bytes.byteLength) return null;
    shots.push({ ...shot, latents: new Float32Array(bytes.slice(at, end)) });
    at = end;
  }
  const { version: _, ...film } = header;
  return at === bytes.byteLength ? { ...film, shots } : null;
}

function parseHeader(text: string): z.infer<typeof headerSchema> | null {
  try {
    return headerSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** The folder of the latents. */
export async function latentsFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle('latents', { create: true });
}
