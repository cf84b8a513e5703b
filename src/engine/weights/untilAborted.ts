import { ShotweaveError } from '../../lib/errors.ts';
import type { TensorSource } from './tensorSource.ts';

/** A source that reads no further tensor, and no further rows of one, once `signal` is aborted: then it rejects with `cancelled`. */
export function untilAborted(source: TensorSource, signal: AbortSignal | undefined): TensorSource {
  if (!signal) return source;
  const check = (): void => {
    if (signal.aborted) throw new ShotweaveError('cancelled', 'Cancelled.');
  };
  return {
    name: source.name,
    has: (name) => source.has(name),
    shape: (name) => source.shape(name),
    storedType: (name) => source.storedType(name),
    async floats(name, shape) {
      check();
      return source.floats(name, shape);
    },
    async rows(name, first, count) {
      check();
      return source.rows(name, first, count);
    },
    async stored(name, shape, rows) {
      check();
      return source.stored(name, shape, rows);
    },
  };
}
