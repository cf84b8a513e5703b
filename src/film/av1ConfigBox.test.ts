import { describe, expect, it } from 'vitest';
import { mendAv1ConfigBox } from './av1ConfigBox.ts';

const asWritten = [0, 0, 0, 12, 0x61, 0x76, 0x31, 0x43, 0x81, 0, 0, 0];

describe('mendAv1ConfigBox', () => {
  it('states the level and 4:2:0 in the box, and touches nothing else', () => {
    const index = Uint8Array.of(9, 9, 9, ...asWritten, 9, 9);
    mendAv1ConfigBox(index, 'av01.0.13M.08');
    expect([...index]).toEqual([9, 9, 9, ...asWritten.slice(0, 9), 13, 0x0c, 0, 9, 9]);
  });

  it('leaves bytes without such a box as they are, and one that is filled in', () => {
    const filled = [...asWritten.slice(0, 9), 8, 0x0c, 0];
    for (const bytes of [[], asWritten.slice(0, -1), filled]) {
      const index = Uint8Array.from(bytes);
      mendAv1ConfigBox(index, 'av01.0.13M.08');
      expect([...index]).toEqual(bytes);
    }
  });
});
