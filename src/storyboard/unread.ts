import { promptOf, type Tokenizer } from '../model/tokenizer.ts';

/**
 * Where the part of a prompt starts that the model does not read, the look put before it counted in; null when it
 * reads all of it.
 */
export function unreadStart(
  { overLength }: Pick<Tokenizer, 'overLength'>,
  look: string,
  prompt: string,
): number | null {
  const whole = promptOf(look, prompt);
  const start = overLength(whole);
  const written = prompt.trim();
  if (start === null || written === '') return null;
  // The prompt is the end of the whole, without the spaces around it.
  const lead = prompt.indexOf(written);
  return lead + Math.max(0, start - (whole.length - written.length));
}
