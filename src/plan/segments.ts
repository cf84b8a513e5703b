import { invariant } from '../lib/errors.ts';
import type { FilmGeometry, Run, Segment, SegmentList, ShotSpan } from './types.ts';

/** Every token attends to the tokens of its own latent frame. */
export function frameSegments(geometry: FilmGeometry): SegmentList {
  const segments = Array.from({ length: geometry.latent.frames }, (_, frame): Segment => {
    const tokens = { start: frame * geometry.tokensPerFrame, count: geometry.tokensPerFrame };
    return { queries: tokens, keys: [tokens] };
  });
  return { queryRows: null, keyRows: null, segments };
}

/** Every token attends to every token of the film. */
export function denseSegments(geometry: FilmGeometry): SegmentList {
  const tokens = { start: 0, count: geometry.tokens };
  return { queryRows: null, keyRows: null, segments: [{ queries: tokens, keys: [tokens] }] };
}

/**
 * Spatial windows grouped by shot. The token grid is cut into `win` = [rows, columns] windows; grid row r of
 * h lies in window row floor(win[0] * r / h), columns alike, so odd grids work too. The tokens of one window
 * and one shot attend to that window's tokens in the shot, in the last `aug` latent frames of the shot before
 * and in the first `aug` of the shot after (fewer where that shot is shorter).
 *
 * Rows are sorted by (window, latent frame, position), which makes both sides of every segment a single run.
 */
export function windowSegments(
  geometry: FilmGeometry,
  win: readonly [number, number],
  aug: number,
): SegmentList {
  const windows = tokensByWindow(geometry.grid, win);
  const rows = new Uint32Array(geometry.tokens);
  const segments: Segment[] = [];
  let windowStart = 0;
  for (const window of windows) {
    const size = window.length;
    for (let frame = 0; frame < geometry.latent.frames; frame++) {
      const target = windowStart + frame * size;
      for (const [position, token] of window.entries()) {
        rows[target + position] = frame * geometry.tokensPerFrame + token;
      }
    }
    const inWindow = (frames: Run): Run => ({
      start: windowStart + frames.start * size,
      count: frames.count * size,
    });
    for (const shot of geometry.shots) {
      segments.push({
        queries: inWindow(shot.latent),
        keys: [inWindow(visibleFrames(geometry.shots, shot, aug))],
      });
    }
    windowStart += size * geometry.latent.frames;
  }
  return { queryRows: rows, keyRows: rows, segments };
}

/**
 * The tokens of a shot attend to the rows of the shot's own prompt. Keys are rows of one matrix that holds
 * the prompts of all shots one after the other, `textLengths[s]` rows for shot s.
 */
export function crossSegments(geometry: FilmGeometry, textLengths: readonly number[]): SegmentList {
  invariant(
    textLengths.length === geometry.shots.length,
    `${geometry.shots.length} shots have ${textLengths.length} prompts`,
  );
  const segments: Segment[] = [];
  let textRow = 0;
  for (const shot of geometry.shots) {
    const count = textLengths[shot.index] ?? 0;
    segments.push({ queries: shot.tokens, keys: [{ start: textRow, count }] });
    textRow += count;
  }
  return { queryRows: null, keyRows: null, segments };
}

/** Every token attends to the rows of one prompt, whatever its shot: the negative prompt of a film. */
export function sharedTextSegments(geometry: FilmGeometry, rows: number): SegmentList {
  const tokens = { start: 0, count: geometry.tokens };
  return {
    queryRows: null,
    keyRows: null,
    segments: [{ queries: tokens, keys: [{ start: 0, count: rows }] }],
  };
}

/** Whether every query sees the only key row that there is, once or more: then each gets that row's value, whatever it asks. */
export function seesOneRow(list: SegmentList, keyRows: number): boolean {
  return keyRows === 1 && list.segments.every((segment) => keyCountOf(segment) > 0);
}

/**
 * A cross-attention list for models that attend to padding: every segment sees its prompt's rows and then the one row
 * `padRow` as often as `textLength` asks for, which is the same as that many equal rows.
 */
export function padTextSegments(list: SegmentList, padRow: number, textLength: number): SegmentList {
  const keyRows: number[] = [];
  const segments = list.segments.map(({ queries, keys }): Segment => {
    const start = keyRows.length;
    for (const run of keys) {
      for (let i = run.start; i < run.start + run.count; i++) keyRows.push(list.keyRows?.[i] ?? i);
    }
    while (keyRows.length < start + textLength) keyRows.push(padRow);
    return { queries, keys: [{ start, count: keyRows.length - start }] };
  });
  return { queryRows: list.queryRows, keyRows: Uint32Array.from(keyRows), segments };
}

/**
 * The routed branch: the tokens of a group attend to each other. `groups[token]` is the group of a token,
 * below `groupCount`. Rows are sorted by group and keep their order inside it; segment g belongs to group g
 * and is empty where no token chose it. The engine builds the same list on the GPU in every layer.
 */
export function groupSegments(groups: ArrayLike<number>, groupCount: number): SegmentList {
  const counts = new Uint32Array(groupCount);
  for (let token = 0; token < groups.length; token++) {
    const group = groupOf(groups, token, groupCount);
    counts[group] = (counts[group] ?? 0) + 1;
  }

  const segments: Segment[] = [];
  const next = new Uint32Array(groupCount);
  let start = 0;
  for (const [group, count] of counts.entries()) {
    next[group] = start;
    segments.push({ queries: { start, count }, keys: [{ start, count }] });
    start += count;
  }

  const rows = new Uint32Array(groups.length);
  for (let token = 0; token < groups.length; token++) {
    const group = groupOf(groups, token, groupCount);
    const position = next[group] ?? 0;
    rows[position] = token;
    next[group] = position + 1;
  }
  return { queryRows: rows, keyRows: rows, segments };
}

/** Query-key pairs that a list computes: the sum of queries x keys over its segments. */
export function countPairs(list: SegmentList): number {
  return list.segments.reduce((pairs, segment) => pairs + segment.queries.count * keyCountOf(segment), 0);
}

/** Keys of a segment, all runs together. */
export function keyCountOf(segment: Segment): number {
  return segment.keys.reduce((count, run) => count + run.count, 0);
}

/** Grid positions (row-major within a latent frame) of every window that is not empty, windows row-major. */
function tokensByWindow(grid: FilmGeometry['grid'], win: readonly [number, number]): number[][] {
  const [windowRows, windowColumns] = win;
  const windows = Array.from({ length: windowRows * windowColumns }, (): number[] => []);
  for (let row = 0; row < grid.rows; row++) {
    const windowRow = Math.floor((windowRows * row) / grid.rows);
    for (let column = 0; column < grid.columns; column++) {
      const windowColumn = Math.floor((windowColumns * column) / grid.columns);
      windows[windowRow * windowColumns + windowColumn]?.push(row * grid.columns + column);
    }
  }
  return windows.filter((window) => window.length > 0);
}

/** Latent frames that a shot's windows see: the shot and up to `aug` frames of each adjacent shot. */
function visibleFrames(shots: readonly ShotSpan[], shot: ShotSpan, aug: number): Run {
  const before = Math.min(aug, shots[shot.index - 1]?.latent.count ?? 0);
  const after = Math.min(aug, shots[shot.index + 1]?.latent.count ?? 0);
  return { start: shot.latent.start - before, count: before + shot.latent.count + after };
}

function groupOf(groups: ArrayLike<number>, token: number, groupCount: number): number {
  const group = groups[token] ?? -1;
  invariant(
    Number.isInteger(group) && group >= 0 && group < groupCount,
    `token ${token} is in group ${group} of ${groupCount}`,
  );
  return group;
}
