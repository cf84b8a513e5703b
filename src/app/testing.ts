import type { ShotweaveError } from '../lib/errors.ts';
import { storyboardOf } from '../library/fixtures/records.ts';
import type { Failure } from './generationState.ts';

/** A film of a storyboard that did not come about. */
export function failureOf(documentId: string, error: ShotweaveError): Failure {
  return { documentId, document: storyboardOf(documentId), options: {}, error };
}
