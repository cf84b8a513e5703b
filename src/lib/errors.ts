/** What went wrong, for code that reacts to it; the message is the sentence a person reads. */
export type ErrorCode =
  | 'webgpu-unavailable'
  | 'device-lost'
  | 'gpu-out-of-memory'
  | 'film-too-large'
  | 'weights-invalid'
  | 'model-invalid'
  | 'model-missing'
  | 'storyboard-invalid'
  | 'project-invalid'
  | 'codec-unavailable'
  | 'storage-full'
  | 'storage-unavailable'
  | 'cancelled'
  | 'numbers-invalid'
  | 'unexpected';

/**
 * An error of the world (a bad file, a lost device), not of our own making.
 * `message` is one sentence that says what happened and what to do.
 */
export class ShotweaveError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, sentence: string, options?: { cause?: unknown }) {
    super(sentence, options);
    this.name = 'ShotweaveError';
    this.code = code;
  }
}

/** Stops on a mistake of our own: a state that correct code never reaches. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Invariant: ${message}`);
}

/** For the default branch of an exhaustive switch. */
export function assertNever(value: never): never {
  throw new Error(`Invariant: unexpected value ${JSON.stringify(value)}`);
}
