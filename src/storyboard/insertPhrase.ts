/** A text, and the place in it where the caret goes. */
export interface Edited {
  text: string;
  caret: number;
}

/**
 * Puts a phrase into a prompt at a place, with the spaces that it needs around it, and behind a comma where it stands
 * `apart`. An article before it is made to fit. Returns the place behind the phrase, too.
 */
export function insertPhrase(text: string, phrase: string, at: number, apart = false): Edited {
  const before = text.slice(0, at);
  const after = text.slice(at);
  const words = before.trimEnd();
  const comma = apart && words !== '' && !/[,.;:!?]$/.test(words);
  const head = comma ? `${words}, ` : spaced(before);
  const trail = after === '' || /^[\s,.;]/.test(after) ? '' : ' ';
  return joined(head, phrase, trail + after);
}

/** Puts a phrase in the place of the characters from `start` to `end`. */
export function replacePhrase(text: string, phrase: string, start: number, end: number): Edited {
  return joined(text.slice(0, start), phrase, text.slice(end));
}

/** Takes the characters from `start` to `end` out of a prompt, with the space or the comma that they leave behind. */
export function removePhrase(text: string, start: number, end: number): Edited {
  const before = text.slice(0, start);
  const after = text.slice(end);
  if (before.trim() === '') return { text: after.replace(/^[\s,.;]+/, ''), caret: 0 };
  if (/^\s*($|[,.;])/.test(after)) return joined(before.replace(/[\s,;]+$/, ''), '', after);
  return joined(spaced(before), '', after.trimStart());
}

function spaced(before: string): string {
  return before === '' || /\s$/.test(before) ? before : `${before} `;
}

/** "a" or "an" at the end of what stands before is made to fit what follows. */
function joined(before: string, phrase: string, after: string): Edited {
  const vowel = /^[aeiou]/i.test(phrase + after);
  const head = before.replace(/\b(a)n?(\s+)$/i, vowel ? '$1n$2' : '$1$2') + phrase;
  return { text: head + after, caret: head.length };
}
