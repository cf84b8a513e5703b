/**
 * Puts a phrase into a prompt at a place, with the spaces that it needs around it.
 * Returns the new text and the place behind the phrase.
 */
export function insertPhrase(text: string, phrase: string, at: number): { text: string; caret: number } {
  const before = text.slice(0, at);
  const after = text.slice(at);
  const lead = before === '' || /\s$/.test(before) ? '' : ' ';
  const trail = after === '' || /^[\s,.;]/.test(after) ? '' : ' ';
  const head = before + lead + phrase;
  return { text: head + trail + after, caret: head.length };
}
