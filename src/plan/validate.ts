import { invariant } from '../lib/errors.ts';
import type { Run, SegmentList } from './types.ts';

/**
 * Stops unless a list can be executed: every one of `queryCount` query rows is in exactly one segment, and
 * every segment reads key rows below `keyCount`, none of them twice.
 */
export function validateSegmentList(list: SegmentList, queryCount: number, keyCount: number): void {
  const { queryRows, keyRows, segments } = list;
  invariant(
    queryRows === null || queryRows.length === queryCount,
    `the list has ${queryRows?.length} query rows for ${queryCount} queries`,
  );
  const queryUses = new Uint8Array(queryCount);
  // Marks each key row with the last segment that read it, so that no array is cleared between segments.
  const lastReader = new Int32Array(keyCount).fill(-1);
  const keyPositions = keyRows?.length ?? keyCount;

  for (const [index, segment] of segments.entries()) {
    checkRun(segment.queries, queryCount, `queries of segment ${index}`);
    for (const row of rowsOf(segment.queries, queryRows)) {
      invariant(row < queryCount, `segment ${index} has query row ${row} of ${queryCount}`);
      invariant(queryUses[row] === 0, `query row ${row} occurs twice, the second time in segment ${index}`);
      queryUses[row] = 1;
    }
    for (const run of segment.keys) {
      checkRun(run, keyPositions, `keys of segment ${index}`);
      for (const row of rowsOf(run, keyRows)) {
        invariant(row < keyCount, `segment ${index} has key row ${row} of ${keyCount}`);
        invariant(lastReader[row] !== index, `segment ${index} has key row ${row} twice`);
        lastReader[row] = index;
      }
    }
  }
  const missing = queryUses.indexOf(0);
  invariant(missing === -1, `query row ${missing} is in no segment`);
}

function checkRun(run: Run, positions: number, name: string): void {
  invariant(
    Number.isInteger(run.start) && Number.isInteger(run.count) && run.start >= 0 && run.count >= 0,
    `${name}: ${run.start}+${run.count} is not a run`,
  );
  invariant(run.start + run.count <= positions, `${name}: ${run.start}+${run.count} ends past ${positions}`);
}

function* rowsOf(run: Run, rows: Uint32Array | null): Generator<number> {
  for (let position = run.start; position < run.start + run.count; position++) {
    yield rows === null ? position : (rows[position] ?? Number.POSITIVE_INFINITY);
  }
}
