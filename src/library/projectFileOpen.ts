import {
  BlobReader,
  BlobWriter,
  configure,
  ERR_UNSAFE_FILENAME,
  type FileEntry,
  TextWriter,
  ZipReader,
} from '@zip.js/zip.js/lib/zip-core-native.js';
import type { FilmSink } from '../film/sink.ts';
import { readStoryboardBox } from '../film/storyboardBox.ts';
import { ShotweaveError } from '../lib/errors.ts';
import { parseStoryboard, type Storyboard } from '../storyboard/document.ts';
import { readDocument, type StoredTake, seenVersions } from './database.ts';
import { fileSink } from './exportSink.ts';
import { latentsFolder, loadFilmLatents } from './filmLatents.ts';
import { openFilmSink } from './filmSink.ts';
import { deleteFilm, readFilm } from './films.ts';
import {
  damagedProject,
  escapingProject,
  foreignProject,
  oversizedProject,
  type ProjectManifest,
  parseManifest,
  projectLimits,
  projectPaths,
} from './projectFile.ts';
import { putBackProject } from './projects.ts';
import { loadRouterRecord, routerFolder } from './routerRecords.ts';
import { onStorage } from './storageError.ts';

// Workers of the library come from blobs, which the content security policy refuses.
configure({ useWebWorkers: false });

/** A project that the library has taken in. */
export interface OpenedProject {
  documentId: string;
  storyboard: Storyboard;
  takes: number;
}

type Entries = ReadonlyMap<string, FileEntry>;
type ManifestTake = ProjectManifest['takes'][number];

/**
 * Takes a project file into the library: its storyboard and its takes, under new names, and under a new id when the
 * library has the document already. The file is untrusted: it is checked before and while it is unpacked, and whatever
 * is wrong with it leaves the library as it was.
 * @throws `project-invalid`, `storyboard-invalid`, `storage-full`, `storage-unavailable`
 */
export async function openProject(file: Blob): Promise<OpenedProject> {
  const zip = new ZipReader(new BlobReader(file), {
    strictness: 'strict',
    filenameValidation: 'strict',
    checkOverlappingEntry: true,
    checkSignature: true,
  });
  const written: string[] = [];
  try {
    const entries = await entriesOf(zip, file.size);
    const manifest = parseManifest(await textOf(entries, projectPaths.manifest));
    const storyboard = parseStoryboard(await textOf(entries, projectPaths.storyboard));
    const taken = (await readDocument(manifest.documentId)).value !== null;
    const documentId = taken ? crypto.randomUUID() : manifest.documentId;
    const takes: StoredTake[] = [];
    for (const take of manifest.takes) {
      const fileName = `film-${crypto.randomUUID()}.mp4`;
      written.push(fileName);
      takes.push(await unpackTake(take, entries, documentId, fileName));
    }
    const film = takes.find((take) => take.number === manifest.shown)?.record;
    const still = await stillOf(entries, projectPaths.still);
    const document = { id: documentId, title: storyboard.title, updated: Date.now(), storyboard };
    await putBackProject({ id: documentId, document, film, takes, still: still ?? undefined });
    seenVersions.set(documentId, document.updated);
    return { documentId, storyboard, takes: takes.length };
  } catch (error) {
    for (const fileName of written) await deleteFilm(fileName).catch(() => undefined);
    throw faultOf(error);
  } finally {
    await zip.close().catch(() => undefined);
  }
}

async function unpackTake(
  { record, ...facts }: ManifestTake,
  entries: Entries,
  documentId: string,
  fileName: string,
): Promise<StoredTake> {
  const { width, height, fps } = record.storyboard;
  if (record.width !== width || record.height !== height || record.fps !== fps) throw damagedProject();
  const film = entries.get(projectPaths.film(facts.number));
  if (film?.uncompressedSize !== record.bytes) throw damagedProject();
  await unpack(film, await openFilmSink(fileName));
  await checkFilm(fileName);

  const latents = entries.get(projectPaths.latents(facts.number));
  if (latents) {
    await unpack(latents, await openBeside(await latentsFolder(), fileName));
    if (!(await loadFilmLatents(fileName))) throw damagedProject();
  }
  const router = entries.get(projectPaths.router(facts.number));
  if (router) {
    await unpack(router, await openBeside(await routerFolder(), fileName));
    if (!(await loadRouterRecord(fileName))) throw damagedProject();
  }
  const still = await stillOf(entries, projectPaths.takeStill(facts.number));
  return { ...facts, documentId, record: { ...record, fileName }, still };
}

/** Refuses what is no MP4 of whole boxes; whether a browser plays it is seen when it does. */
async function checkFilm(fileName: string): Promise<void> {
  const film = await readFilm(fileName);
  try {
    if (film) await readStoryboardBox(film);
  } catch (cause) {
    // Its sentence speaks of a film that the person does not see here.
    throw damagedProject(cause);
  }
}

/** The files of an archive by their paths, once they are few enough and together no larger than a project may be. */
async function entriesOf(zip: ZipReader<Blob>, fileBytes: number): Promise<Entries> {
  const entries = new Map<string, FileEntry>();
  let count = 0;
  let bytes = 0;
  for await (const entry of zip.getEntriesGenerator()) {
    count += 1;
    if (count > projectLimits.entries) throw oversizedProject();
    if (entry.directory) continue;
    bytes += entry.uncompressedSize;
    if (bytes > fileBytes * projectLimits.inflation) throw oversizedProject();
    entries.set(entry.filename, entry);
  }
  return entries;
}

async function textOf(entries: Entries, path: string): Promise<string> {
  const entry = entries.get(path);
  if (!entry) throw path === projectPaths.manifest ? foreignProject() : damagedProject();
  if (entry.uncompressedSize > projectLimits.textBytes) throw oversizedProject();
  return entry.getData(new TextWriter('utf-8'));
}

async function stillOf(entries: Entries, path: string): Promise<Blob | null> {
  const entry = entries.get(path);
  if (!entry) return null;
  if (entry.uncompressedSize > projectLimits.stillBytes) throw oversizedProject();
  return entry.getData(new BlobWriter('image/webp'));
}

/** Writes an entry into a sink, no byte more than it says it has, and closes the sink. */
async function unpack(entry: FileEntry, sink: FilmSink): Promise<void> {
  let position = 0;
  const out = new WritableStream<Uint8Array<ArrayBuffer>>({
    async write(data) {
      if (position + data.length > entry.uncompressedSize) throw oversizedProject();
      await sink.write(data, position);
      position += data.length;
    },
  });
  try {
    await entry.getData(out);
    if (position !== entry.uncompressedSize) throw damagedProject();
    await sink.close();
  } catch (error) {
    await sink.discard();
    throw error;
  }
}

function openBeside(folder: FileSystemDirectoryHandle, fileName: string): Promise<FilmSink> {
  return onStorage(async () => {
    const file = await folder.getFileHandle(fileName, { create: true });
    return fileSink(file, () => folder.removeEntry(fileName));
  });
}

/** What the person is told: an archive that cannot be read is no project or a damaged one. */
function faultOf(error: unknown): ShotweaveError {
  if (error instanceof ShotweaveError) return error;
  if (error instanceof Error && error.message === ERR_UNSAFE_FILENAME) return escapingProject(error);
  return damagedProject(error);
}
