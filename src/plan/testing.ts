import { type GeometryModel, planGeometry } from './geometry.ts';
import type { FilmGeometry, SegmentList } from './types.ts';

/** The geometry of Papercut: a token covers 32x32 pixels, a latent frame four frames. */
export const papercut: GeometryModel = { dit: { patch: [1, 2, 2], z: 16 }, ae: { spatial: 16, temporal: 4 } };

/** A film of `rows` x `columns` tokens a latent frame, whose shots have the given numbers of latent frames. */
export function filmOf(rows: number, columns: number, latentFrames: readonly number[]): FilmGeometry {
  return planGeometry(
    {
      width: columns * 32,
      height: rows * 32,
      fps: 24,
      shots: latentFrames.map((count, index) => ({ id: `shot ${index}`, seconds: (count * 4) / 24 })),
    },
    papercut,
  );
}

/** Whole numbers from `min` to `max`, the same sequence for the same seed (mulberry32). */
export function seededIntegers(seed: number): (min: number, max: number) => number {
  let state = seed;
  return (min, max) => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return min + (((bits ^ (bits >>> 14)) >>> 0) % (max - min + 1));
  };
}

/** Films of random shapes: odd grids, one-frame shots and single shots among them. */
export function randomFilms(count: number): FilmGeometry[] {
  const next = seededIntegers(20_251);
  return Array.from({ length: count }, () => {
    const shots = Array.from({ length: next(1, 4) }, () => next(1, 5));
    return filmOf(next(1, 6), next(1, 6), shots);
  });
}

/** For every query row the key rows that it attends to, in ascending order. */
export function attendedRows(list: SegmentList, queryCount: number): number[][] {
  const attended = Array.from({ length: queryCount }, (): number[] => []);
  const rowAt = (rows: Uint32Array | null, position: number) => (rows === null ? position : rows[position]);
  for (const { queries, keys } of list.segments) {
    const keyRows: number[] = [];
    for (const run of keys) {
      for (let position = run.start; position < run.start + run.count; position++) {
        keyRows.push(rowAt(list.keyRows, position) ?? -1);
      }
    }
    keyRows.sort((a, b) => a - b);
    for (let position = queries.start; position < queries.start + queries.count; position++) {
      attended[rowAt(list.queryRows, position) ?? -1]?.push(...keyRows);
    }
  }
  return attended;
}
