import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allFinite, decodeFloats } from './elementTypes.ts';

type Code = number | 'inf' | '-inf' | null;
const reference: Record<'F8_E4M3' | 'F8_E5M2', Code[]> = JSON.parse(
  readFileSync(new URL('fixtures/float8.json', import.meta.url), 'utf8'),
);

function toNumber(code: Code): number {
  if (code === null) return Number.NaN;
  if (typeof code === 'number') return code;
  return code === 'inf' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}

describe.each(['F8_E4M3', 'F8_E5M2'] as const)('%s', (type) => {
  const codes = Uint8Array.from({ length: 256 }, (_, code) => code);

  it('decodes every code as the reference does, the sign of zero included', () => {
    const expected = reference[type].map(toNumber);
    expect(expected).toHaveLength(256);
    const decoded = [...(decodeFloats(type, codes) ?? [])];
    expect(decoded).toEqual(expected);
    expect(decoded.every((value, i) => Object.is(value, expected[i]))).toBe(true);
  });

  it('finds every code that is no number, and no other', () => {
    for (const code of codes) {
      expect(allFinite(type, Uint8Array.of(0, code))).toBe(
        Number.isFinite(toNumber(reference[type][code] ?? null)),
      );
    }
  });
});
