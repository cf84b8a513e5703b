import { readStoryboardBox } from '../film/storyboardBox.ts';
import { ShotweaveError } from '../lib/errors.ts';
import { limits, parseStoryboard, type Storyboard, titleOf } from '../storyboard/document.ts';
import { storyboardOfList } from '../storyboard/shotList.ts';
import { storyboard } from '../storyboard/useStoryboard.ts';
import { notify, notifyError } from './notices.ts';

/** Far above any storyboard; keeps a dropped disk image out of memory. */
const largestStoryboardFile = 16 * 1024 * 1024;

export const openableFiles =
  '.json,.mp4,.shotweave,.zip,.txt,application/json,video/mp4,application/zip,text/plain';

/** Opens a storyboard file, an exported film, a project file or a shot list. Failures become notices; the present storyboard stays then. */
export async function openFile(file: File): Promise<void> {
  try {
    if (await isArchive(file)) await openProjectFile(file);
    else openDocument(readDocument(file, await storyboardText(file)));
  } catch (error) {
    notifyError(error);
  }
}

/** Puts another storyboard on the page, as one undo step. */
export function openDocument(document: Storyboard): void {
  storyboard.actions.open(document);
  notify('done', `Opened “${titleOf(document)}”. Undo brings back the storyboard before it.`);
}

/** A storyboard, or a shot list: a text of lines, each of them a shot. */
function readDocument({ name }: File, text: string): Storyboard {
  if (!/\.txt$/i.test(name) || text.trimStart().startsWith('{')) return parseStoryboard(text);
  const film = storyboardOfList(text, name.replace(/\.txt$/i, ''));
  if (film) return film;
  throw new ShotweaveError(
    'storyboard-invalid',
    `“${name}” is no list of shots: open a text of 1 to ${limits.shots} lines, one for each shot.`,
  );
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
