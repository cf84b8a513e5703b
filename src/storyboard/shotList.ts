import { limits, type Storyboard } from './document.ts';
import { blankStoryboard, newShot } from './starter.ts';

/** What a line of a shot list says of its shot. */
export interface ShotLine {
  prompt: string;
  /** null where the line names no length. */
  seconds: number | null;
}

/** What people put before a shot: "1.", "2)", "-", "Shot 3:", "Scene 4". */
const marker = /^(?:[-*•–]|\(?\d{1,3}[.):]|(?:shot|scene)\s*\d{1,3}\b\s*[.:)–-]?)(?:\s+|$)/i;

const seconds = String.raw`[([]\s*(\d{1,3}(?:[.,]\d{1,3})?)\s*s(?:ec(?:ond)?s?)?\.?\s*[)\]]`;
/** A length in brackets, "(3 s)" or "[2.5 sec]", where a line begins or ends. */
const lengthFirst = new RegExp(`^${seconds}\\s*[:–-]?\\s*`, 'i');
const lengthLast = new RegExp(`\\s*${seconds}[.,;]?$`, 'i');

/**
 * The shots of a list that somebody has written down elsewhere, a line each. Numbers and dashes before a shot are left
 * out, a length in brackets is read, and prompts are cut to what a shot can hold.
 */
export function shotList(text: string): ShotLine[] {
  return text
    .split(/\r\n|[\r\n\u2028\u2029]/)
    .map(readLine)
    .filter(({ prompt }) => prompt !== '');
}

function readLine(line: string): ShotLine {
  const words = line.trim().replace(marker, '');
  const length = lengthFirst.exec(words) ?? lengthLast.exec(words);
  const rest = length ? words.replace(length[0], '') : words;
  const prompt = rest.trim().slice(0, limits.promptCharacters);
  return { prompt, seconds: length?.[1] === undefined ? null : toLength(length[1]) };
}

function toLength(number: string): number {
  const { min, max } = limits.shotSeconds;
  return Math.min(Math.max(Number(number.replace(',', '.')), min), max);
}

/** A film of a shot list; null where the text has no shot, or more than a film can have. */
export function storyboardOfList(text: string, title: string): Storyboard | null {
  const lines = shotList(text);
  if (lines.length === 0 || lines.length > limits.shots) return null;
  const blank = blankStoryboard();
  const usual = blank.shots[0]?.seconds ?? limits.shotSeconds.min;
  return {
    ...blank,
    title: title.slice(0, limits.titleCharacters),
    shots: lines.map(({ prompt, seconds: length }) => ({ ...newShot(length ?? usual), prompt })),
  };
}
