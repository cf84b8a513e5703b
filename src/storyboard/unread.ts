import { type Carried, withCarried } from '../model/carry.ts';
import { promptOf, type Tokenizer } from '../model/tokenizer.ts';

/**
 * Where the part of a prompt starts that the model does not read, the look put before it and the colour carried into it
 * counted in; null when it reads all of it.
 */
export function unreadStart(
  { overLength }: Pick<Tokenizer, 'overLength'>,
  look: string,
  prompt: string,
  carried: Carried | null = null,
): number | null {
  const read = withCarried(prompt, carried);
  const whole = promptOf(look, read);
  const start = overLength(whole);
  const kept = read.trim();
  if (start === null || kept === '') return null;
  // The prompt is the end of the whole, without the spaces around it.
  const lead = read.indexOf(kept);
  const unread = lead + Math.max(0, start - (whole.length - kept.length));
  if (!carried || unread <= carried.at) return unread;
  return Math.max(carried.at, unread - (read.length - prompt.length));
}
