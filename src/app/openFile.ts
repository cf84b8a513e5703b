import { readStoryboardBox } from '../film/storyboardBox.ts';
import { ShotweaveError } from '../lib/errors.ts';
import { parseStoryboard, type Storyboard, titleOf } from '../storyboard/document.ts';
import { storyboard } from '../storyboard/useStoryboard.ts';
import { notify, notifyError } from './notices.ts';

/** Far above any storyboard; keeps a dropped disk image out of memory. */
const largestStoryboardFile = 16 * 1024 * 1024;

export const openableFiles = '.json,.mp4,.shotweave,.zip,application/json,video/mp4,application/zip';

/** Opens a storyboard file, an exported film or a project file. Failures become notices; the present storyboard stays then. */
export async function openFile(file: File): Promise<void> {
  try {
    if (await isArchive(file)) await openProjectFile(file);
    else openDocument(parseStoryboard(await storyboardText(file)));
  } catch (error) {
    notifyError(error);
  }
}

/** Puts another storyboard on the page, as one undo step. */
export function openDocument(document: Storyboard): void {
  storyboard.actions.open(document);
  notify('done', `Opened “${titleOf(document)}”. Undo brings back the storyboard before it.`);
}

async function storyboardText(file: File): Promise<string> {
  if (await isFilm(file)) {
    const json = await readStoryboardBox(file);
    if (json !== null) return json;
    throw new ShotweaveError(
      'storyboard-invalid',
      `“${file.name}” carries no storyboard: open a film exported from Shotweave or a .shotweave.json file.`,
    );
  }
  if (file.size > largestStoryboardFile) {
    throw new ShotweaveError(
      'storyboard-invalid',
      `“${file.name}” is not a storyboard: open a .shotweave.json file or a film exported from Shotweave.`,
    );
  }
  return file.text();
}

/** Takes a project into the library and puts its storyboard on the page, as one undo step. */
async function openProjectFile(file: File): Promise<void> {
  const { openProject } = await import('../library/projectFileOpen.ts');
  const { documentId, storyboard: document, takes } = await openProject(file);
  storyboard.actions.open(document, documentId);
  const films = takes === 0 ? 'without a film' : `with ${takes} ${takes === 1 ? 'take' : 'takes'}`;
  notify('done', `Opened the project “${titleOf(document)}” ${films}.`);
}

async function isArchive(file: File): Promise<boolean> {
  return /\.(shotweave|zip)$/i.test(file.name) || (await file.slice(0, 4).text()) === 'PK\x03\x04';
}

async function isFilm(file: File): Promise<boolean> {
  if (/\.(mp4|m4v|mov)$/i.test(file.name) || file.type.startsWith('video/')) return true;
  return (await file.slice(4, 8).text()) === 'ftyp';
}
