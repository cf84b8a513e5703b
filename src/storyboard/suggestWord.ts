import { papercutSynonyms } from './papercutWords.ts';

/** A known word to try in place of `word`: a synonym, else one that differs by a slip of the keyboard; null when none is near. */
export function suggestWord(word: string, vocabulary: readonly string[]): string | null {
  const lower = word.toLowerCase();
  const synonym = papercutSynonyms[lower];
  if (synonym !== undefined && vocabulary.includes(synonym)) return synonym;
  // Two slips in a long word, one in a short one: more would offer words that only look alike.
  let nearest = lower.length > 5 ? 3 : lower.length > 3 ? 2 : 1;
  let suggestion: string | null = null;
  for (const known of vocabulary) {
    if (known.length < 3 || known.startsWith('<')) continue;
    const distance = editDistance(lower, known);
    if (distance < nearest) {
      nearest = distance;
      suggestion = known;
    }
  }
  return suggestion;
}

/** Levenshtein distance: letters to insert, delete or replace. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
