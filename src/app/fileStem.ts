/** The name for pictures and films of a film; a draft's says what it is. */
export function stemOf(stem: string, { draft }: { draft?: boolean | undefined }): string {
  return draft && !/\bdraft\b/.test(stem) ? `${stem}-draft` : stem;
}

/** A title as the name of a file, without characters that a file system may refuse. */
export function fileStem(title: string): string {
  const stem = title
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase();
  return stem.slice(0, 80) || 'film';
}
