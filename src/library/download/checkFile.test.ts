import { describe, expect, it } from 'vitest';
import { checkFile } from './checkFile.ts';

const file = new Blob(['weights']);
const sha256 = '9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c';

describe('a file that has arrived', () => {
  it('is told to be right or wrong by its SHA-256', async () => {
    const check = (blob: Blob) =>
      checkFile('a.bin', blob, sha256.toUpperCase(), new AbortController().signal, () => undefined);
    await check(file);
    await expect(check(new Blob(['weighty']))).rejects.toMatchObject({ code: 'weights-invalid' });
  });

  it('is checked no further once the person has stopped it', async () => {
    const read: number[] = [];
    const check = checkFile('a.bin', file, sha256, AbortSignal.abort(), (done) => read.push(done));
    await expect(check).rejects.toMatchObject({ code: 'cancelled' });
    expect(read).toEqual([]);
  });
});
