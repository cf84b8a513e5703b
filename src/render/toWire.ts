import { ShotweaveError } from '../lib/errors.ts';
import type { WireError } from './client.ts';

/**
 * An error as it crosses to the page. Only the engine's own `cancelled` is one: reads of a lost device end with an
 * AbortError too.
 */
export function toWire(error: unknown): WireError {
  if (error instanceof ShotweaveError) return { code: error.code, sentence: error.message };
  console.error(error);
  const what = error instanceof Error ? error.message.split('\n')[0] : String(error);
  return {
    code: 'unexpected',
    sentence: `Something went wrong in the engine (${what}): your storyboard is safe, reload the page and try again.`,
  };
}
