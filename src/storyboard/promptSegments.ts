/** A piece of a prompt, and what the model makes of it. */
export interface PromptSegment {
  text: string;
  start: number;
  kind: 'read' | 'unknown' | 'unread';
}

/**
 * Cuts a prompt into pieces to be marked, which together are the whole of it.
 *
 * @param unknown words that the model has never seen, in order
 * @param unreadStart where it stops reading, or null
 */
export function promptSegments(
  prompt: string,
  unknown: readonly { start: number; end: number }[],
  unreadStart: number | null,
): PromptSegment[] {
  const readEnd = unreadStart ?? prompt.length;
  const pieces: PromptSegment[] = [];
  let position = 0;

  function cutTo(end: number, kind: PromptSegment['kind']): void {
    if (end > position) pieces.push({ text: prompt.slice(position, end), start: position, kind });
    position = Math.max(position, end);
  }

  for (const { start, end } of unknown) {
    if (end > readEnd) break;
    cutTo(start, 'read');
    cutTo(end, 'unknown');
  }
  cutTo(readEnd, 'read');
  cutTo(prompt.length, 'unread');
  return pieces;
}
