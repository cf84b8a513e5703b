import type { FilmGeometry, Run } from '../../plan/types.ts';
import type { Storyboard } from '../../storyboard/document.ts';
import type { VideoCodecName } from '../levels.ts';
import { filmBitrate, type PictureFormat } from '../levels.ts';

/** How much of the pictures' detail a file keeps. */
export type ExportQuality = 'small' | 'good' | 'best';

export const exportQualities: readonly ExportQuality[] = ['small', 'good', 'best'];

/** Factors that pictures can be enlarged by. */
export type ExportScale = 1 | 2 | 3;

export const exportScales: readonly ExportScale[] = [1, 2, 3];

/** A file of an export: its name with the ending, and the frames of the film that it holds. */
export interface ExportPiece {
  name: string;
  frames: Run;
}

/** Where the files go: one that the person chose, a folder that they chose, or the origin's private file system. */
export type ExportTarget =
  | { kind: 'file'; file: FileSystemFileHandle }
  | { kind: 'folder'; folder: FileSystemDirectoryHandle }
  | { kind: 'private' };

/** What to export and how. */
export interface ExportJob {
  /** File name of the finished film in the library. */
  film: string;
  /** The storyboard that the film was made from; the whole of it goes into every file. */
  storyboard: Storyboard;
  codec: VideoCodecName;
  quality: ExportQuality;
  scale: ExportScale;
  pieces: readonly ExportPiece[];
  target: ExportTarget;
}

/** Frames written, of all files together. */
export interface ExportEvent {
  done: number;
  total: number;
}

export interface ExportedFile {
  name: string;
  /** Name in the private file system's folder of exports, for the target `private`. */
  privateName: string | null;
  bytes: number;
}

export interface ExportResult {
  files: ExportedFile[];
  /** SHA-256 (hex) over the RGBA bytes of the frames before they are enlarged, as in FilmResult: a whole film's is that film's. */
  framesSha256: string;
}

/** Of the bits that a finished film gets. */
const share: Readonly<Record<ExportQuality, number>> = { small: 0.1, good: 1 / 3, best: 1 };

/** Bits a second for a quality; `best` is what a finished film gets. */
export function exportBitrate(format: PictureFormat, quality: ExportQuality): number {
  return Math.round(filmBitrate(format) * share[quality]);
}

/** The pictures of an export. */
export function exportFormat(
  { width, height, fps }: Pick<FilmGeometry, 'width' | 'height' | 'fps'>,
  scale: ExportScale,
): PictureFormat {
  return { width: width * scale, height: height * scale, fps };
}

/** Larger pictures of the same film are smoother: twice the pixels take fewer than twice the bits. */
const bitsByPixels = 0.75;

/**
 * Bytes that an export is about to have, judged by the finished film: encoders leave bits unused on calm pictures, and
 * never use many more than they are given.
 */
export function estimateBytes(
  film: { geometry: FilmGeometry; bytes: number },
  choice: { quality: ExportQuality; scale: ExportScale; frames: number },
): number {
  const { geometry, bytes } = film;
  const { quality, scale, frames } = choice;
  const given = (exportBitrate(exportFormat(geometry, scale), quality) * frames) / geometry.fps / 8;
  const likely = ((bytes * frames) / geometry.frames) * scale ** (2 * bitsByPixels);
  return Math.round(Math.min(given, likely));
}
