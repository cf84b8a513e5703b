import type { FilmSink } from '../film/sink.ts';
import { type Storyboard, serializeStoryboard } from '../storyboard/document.ts';
import { loadFilmRecord, type StoredTake, withDatabase } from './database.ts';
import { latentsFolder } from './filmLatents.ts';
import { readFilm } from './films.ts';
import { type ProjectManifest, projectFormat, projectPaths, projectVersion } from './projectFile.ts';
import { routerFolder } from './routerRecords.ts';
import { onStorage } from './storageError.ts';
import { listTakes } from './takes.ts';
import { writeZip, type ZipEntry } from './zip.ts';

/** Everything that goes into a project file. */
export interface ProjectContents {
  entries: readonly ZipEntry[];
  takes: number;
  /** Of all entries together. */
  bytes: number;
}

/**
 * Gathers a project: the storyboard as it stands, and its takes with all that is kept beside them. Films are not read
 * yet. Throws `storage-unavailable`.
 */
export async function projectContents(documentId: string, storyboard: Storyboard): Promise<ProjectContents> {
  const takes: { take: StoredTake; entries: ZipEntry[] }[] = [];
  for (const take of (await listTakes(documentId)).reverse()) {
    const entries = await takeEntries(take);
    if (entries) takes.push({ take, entries });
  }
  const shown = (await loadFilmRecord(documentId)).value?.fileName;
  const manifest: ProjectManifest = {
    format: projectFormat,
    version: projectVersion,
    documentId,
    saved: Date.now(),
    shown: takes.find(({ take }) => take.record.fileName === shown)?.take.number ?? null,
    takes: takes.map(({ take: { number, made, pinned, rerolled, record } }) => ({
      number,
      made,
      pinned,
      rerolled,
      record,
    })),
  };
  const still = await withDatabase((database) => database.get('stills', documentId));
  const entries = [
    // First, so that what reads the file from its start knows at once what it is.
    { name: projectPaths.manifest, content: new Blob([JSON.stringify(manifest, null, 2)]) },
    { name: projectPaths.storyboard, content: new Blob([serializeStoryboard(storyboard)]) },
    ...(still ? [{ name: projectPaths.still, content: still }] : []),
    ...takes.flatMap((take) => take.entries),
  ];
  const bytes = entries.reduce((sum, { content }) => sum + content.size, 0);
  return { entries, takes: takes.length, bytes };
}

/** Writes a project file and closes the sink. `onShare` is told the share that is written, 0..1. */
export async function writeProject(
  { entries, bytes }: ProjectContents,
  sink: FilmSink,
  onShare: (share: number) => void,
  signal: AbortSignal,
): Promise<void> {
  await writeZip(entries, sink, { signal, onBytes: (written) => onShare(Math.min(1, written / bytes)) });
}

/** The files of a take; null when its film is gone. */
async function takeEntries({ number, record, still }: StoredTake): Promise<ZipEntry[] | null> {
  const { fileName } = record;
  const film = await readFilm(fileName);
  if (!film) return null;
  const latents = await fileIn(await latentsFolder(), fileName);
  const router = await fileIn(await routerFolder(), fileName);
  return [
    { name: projectPaths.film(number), content: film },
    ...(latents ? [{ name: projectPaths.latents(number), content: latents }] : []),
    ...(router ? [{ name: projectPaths.router(number), content: router }] : []),
    ...(still ? [{ name: projectPaths.takeStill(number), content: still }] : []),
  ];
}

function fileIn(folder: FileSystemDirectoryHandle, name: string): Promise<File | null> {
  return onStorage(async () => {
    const handle = await folder.getFileHandle(name).catch(() => null);
    return handle ? handle.getFile() : null;
  });
}
