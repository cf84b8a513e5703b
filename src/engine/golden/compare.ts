/** One compared tensor. */
export interface GoldenRow {
  name: string;
  error: number;
  tolerance: number;
  /** 'relative' and 'disagreeing' want errors below the tolerance, 'dB' wants a PSNR above it. */
  unit: 'relative' | 'disagreeing' | 'dB';
  ok: boolean;
}

/** |ours - reference| / |reference|, Euclidean. NaN in either makes it NaN, which no tolerance accepts. */
export function relativeError(ours: ArrayLike<number>, reference: ArrayLike<number>): number {
  if (ours.length !== reference.length) return Number.NaN;
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < reference.length; i++) {
    const r = reference[i] ?? Number.NaN;
    difference += ((ours[i] ?? Number.NaN) - r) ** 2;
    norm += r ** 2;
  }
  return Math.sqrt(difference / norm);
}

/** Peak signal-to-noise ratio of 8-bit values in dB; equal values give infinity. */
export function psnr(ours: ArrayLike<number>, reference: ArrayLike<number>): number {
  if (ours.length !== reference.length) return Number.NaN;
  let squares = 0;
  for (let i = 0; i < reference.length; i++) {
    squares += ((ours[i] ?? Number.NaN) - (reference[i] ?? Number.NaN)) ** 2;
  }
  return 10 * Math.log10((255 * 255 * reference.length) / squares);
}

export function relativeRow(
  name: string,
  ours: ArrayLike<number>,
  reference: ArrayLike<number>,
  tolerance: number,
): GoldenRow {
  const error = relativeError(ours, reference);
  return { name, error, tolerance, unit: 'relative', ok: error <= tolerance };
}

export function psnrRow(
  name: string,
  ours: ArrayLike<number>,
  reference: ArrayLike<number>,
  atLeast: number,
): GoldenRow {
  const error = psnr(ours, reference);
  return { name, error, tolerance: atLeast, unit: 'dB', ok: error >= atLeast };
}

/** Share of tokens whose group differs, and whether every difference is a near-tie. */
export function groupRow(
  name: string,
  ours: ArrayLike<number>,
  reference: ArrayLike<number>,
  nearTie: (token: number) => boolean,
  tolerance: number,
): GoldenRow {
  let differing = 0;
  let ties = 0;
  for (let token = 0; token < reference.length; token++) {
    if (ours[token] === reference[token]) continue;
    differing += 1;
    if (nearTie(token)) ties += 1;
  }
  const error = ours.length === reference.length ? differing / reference.length : 1;
  return { name, error, tolerance, unit: 'disagreeing', ok: error <= tolerance && differing === ties };
}
