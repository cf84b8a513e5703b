/** A stretch of a shot, as shares of its length, 0..1. */
export interface Stretch {
  from: number;
  to: number;
}

/** A stretch of an earlier shot, and where it lies in the shot that a cut made of it. */
export interface OriginPart {
  shotId: string;
  source: Stretch;
  at: Stretch;
}

/**
 * What shots that came out of a split or a merge consist of, by id. Ids are never given twice, so that an entry holds
 * for good: undo, another cut and another film need not touch it.
 */
export type Origins = ReadonlyMap<string, readonly OriginPart[]>;

export const noOrigins: Origins = new Map();

/**
 * The stretches of known shots that a shot consists of: itself where it is known, else what it was cut from, however
 * many cuts ago. Stretches of shots that nobody knows are left out.
 */
export function partsOf(
  shotId: string,
  isKnown: (shotId: string) => boolean,
  origins: Origins,
): readonly OriginPart[] {
  if (isKnown(shotId)) return [{ shotId, source: { from: 0, to: 1 }, at: { from: 0, to: 1 } }];
  const parts = origins.get(shotId) ?? [];
  return parts.flatMap((part) =>
    partsOf(part.shotId, isKnown, origins).flatMap((earlier) => throughCut(part, earlier)),
  );
}

/** Stretches of length nought come of lengths that meet exactly. */
const shortest = 1e-9;

/** What of an earlier part lies in the stretch that a later cut took. */
function throughCut({ source, at }: OriginPart, earlier: OriginPart): OriginPart[] {
  const from = Math.max(source.from, earlier.at.from);
  const to = Math.min(source.to, earlier.at.to);
  if (to - from < shortest) return [];
  const stretch = { from, to };
  return [
    {
      shotId: earlier.shotId,
      source: carry(stretch, earlier.at, earlier.source),
      at: carry(stretch, source, at),
    },
  ];
}

function carry({ from, to }: Stretch, before: Stretch, after: Stretch): Stretch {
  return { from: carryShare(from, before, after), to: carryShare(to, before, after) };
}

/** The place in `after` that corresponds to a place in `before`. */
export function carryShare(share: number, before: Stretch, after: Stretch): number {
  return after.from + ((share - before.from) / (before.to - before.from)) * (after.to - after.from);
}

/** Halves of a shot that is split into these lengths. */
export function halvesOf(
  shotId: string,
  [first, second]: readonly [number, number],
): [OriginPart, OriginPart] {
  const cut = first / (first + second);
  const whole = { from: 0, to: 1 };
  return [
    { shotId, source: { from: 0, to: cut }, at: whole },
    { shotId, source: { from: cut, to: 1 }, at: whole },
  ];
}

/** Two shots of these lengths as one. */
export function mergedOf(
  [first, second]: readonly [shotId: string, shotId: string],
  [firstSeconds, secondSeconds]: readonly [number, number],
): [OriginPart, OriginPart] {
  const cut = firstSeconds / (firstSeconds + secondSeconds);
  const whole = { from: 0, to: 1 };
  return [
    { shotId: first, source: whole, at: { from: 0, to: cut } },
    { shotId: second, source: whole, at: { from: cut, to: 1 } },
  ];
}
