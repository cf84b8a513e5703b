import { htmlEntities } from './htmlEntities.ts';

/**
 * A prompt as Wan2.1 cleans it before it is cut into tokens: ftfy's repairs but those of wrongly decoded bytes, HTML
 * entities twice, white space in single spaces. Wan's weights know prompts in this form: the negative prompt's
 * full-width commas, for one, are plain ones to it.
 */
export function cleanPrompt(text: string): string {
  return unescapeHtml(unescapeHtml(repair(text)))
    .split(whiteSpace)
    .filter((word) => word !== '')
    .join(' ');
}

/** Characters from `first` to `last`, for a character class. */
const range = (first: number, last: number): string =>
  `\\u${first.toString(16).padStart(4, '0')}-\\u${last.toString(16).padStart(4, '0')}`;
const classOf = (...ranges: string[]): string => `[${ranges.join('')}]`;

/** What Python's \s matches: unlike here, the four separators below the space and not the byte order mark. */
const whiteSpace = new RegExp(
  `${classOf(range(0x09, 0x0d), range(0x1c, 0x20), '\\u0085\\u00a0\\u1680\\u2028\\u2029\\u202f\\u205f\\u3000', range(0x2000, 0x200a))}+`,
);
const controls = new RegExp(
  classOf(
    range(0x00, 0x08),
    '\\u000b\\u007f\\ufeff',
    range(0x0e, 0x1f),
    range(0x206a, 0x206f),
    range(0xfff9, 0xfffc),
  ),
  'g',
);
/** Codes that colour text on a terminal: escape, bracket, numbers, letter. */
const terminalEscapes = new RegExp(`${String.fromCharCode(0x1b)}\\[[\\d;]*[a-zA-Z]`, 'g');
/** Halves of characters outside the basic plane that lack the other half. */
const halves = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const lateControls = new RegExp(classOf(range(0x80, 0x9f)), 'g');

/** Ligatures and digraphs that were one key or one glyph, not one letter. */
const ligatures: Readonly<Record<string, string>> = {
  Ĳ: 'IJ',
  ĳ: 'ij',
  ŉ: 'ʼn',
  Ǳ: 'DZ',
  ǲ: 'Dz',
  ǳ: 'dz',
  Ǆ: 'DŽ',
  ǅ: 'Dž',
  ǆ: 'dž',
  Ǉ: 'LJ',
  ǈ: 'Lj',
  ǉ: 'lj',
  Ǌ: 'NJ',
  ǋ: 'Nj',
  ǌ: 'nj',
  ﬀ: 'ff',
  ﬁ: 'fi',
  ﬂ: 'fl',
  ﬃ: 'ffi',
  ﬄ: 'ffl',
  ﬅ: 'ſt',
  ﬆ: 'st',
};
const ligature = new RegExp(`[${Object.keys(ligatures).join('')}]`, 'g');

function repair(text: string): string {
  // Where there is a tag, entities are likely meant as they stand.
  const plain = text.includes('<') ? text : unescapeHtml(text);
  return plain
    .replace(lateControls, (character) => windows1252(character.charCodeAt(0)))
    .replace(ligature, (character) => ligatures[character] ?? character)
    .replace(/[\uff01-\uffef\u3000]/g, (character) => character.normalize('NFKC'))
    .replace(/[\u201c-\u201f]/g, '"')
    .replace(/[\u02bc\u2018-\u201b]/g, "'")
    .replace(/\r\n|[\r\u2028\u2029\u0085]/g, '\n')
    .replace(halves, '\ufffd')
    .replace(terminalEscapes, '')
    .replace(controls, '')
    .normalize('NFC');
}

/** Windows' characters from 0x80 to 0x9f; five places are empty. */
const windowsMarks = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';

/** What a byte from 0x80 to 0x9f means on Windows, which is what a control character there was meant to be. */
function windows1252(byte: number): string {
  const mark = windowsMarks[byte - 0x80];
  return mark === undefined || mark === ' ' ? String.fromCharCode(byte) : mark;
}

/** The four that browsers also read without a semicolon. */
const bare = /&(amp|lt|gt|quot)(?!;)/g;

function unescapeHtml(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(\w{2,31}));/g,
    (entity, decimal, hex, name) => {
      if (name !== undefined) return htmlEntities[name] ?? entity.replace(bare, readBare);
      const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return characterOf(code);
    },
  );
}

function readBare(entity: string, name: string): string {
  return htmlEntities[name] ?? entity;
}

function characterOf(code: number): string {
  if (code >= 0x80 && code <= 0x9f) return windows1252(code);
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return '\ufffd';
  return String.fromCodePoint(code);
}
