import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { newestChange } from './build.mjs';

it('finds the newest change anywhere in a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'shotweave-build-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const deep = join(folder, 'a', 'b');
  await mkdir(deep, { recursive: true });
  await writeFile(join(deep, 'new.ts'), '');
  await writeFile(join(folder, 'old.ts'), '');
  for (const path of [join(folder, 'old.ts'), deep, join(folder, 'a'), folder])
    await utimes(path, 1000, 1000);
  await utimes(join(deep, 'new.ts'), 2000, 2000);
  expect(await newestChange(folder)).toBe(2_000_000);
  await utimes(join(folder, 'a'), 3000, 3000);
  expect(await newestChange(folder)).toBe(3_000_000);
});

it('takes what is not there for never changed', async () => {
  expect(await newestChange('/no/such/folder')).toBe(0);
});
