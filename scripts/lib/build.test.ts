import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { newestChange, sources } from './build.mjs';
import { root } from './paths.mjs';

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

it('builds anew after a change of whatever the app compiles in', async () => {
  const entries = await readdir(join(root, 'src'), { recursive: true, withFileTypes: true });
  const files = entries.filter(({ name }) => /(?<!\.test)\.tsx?$/.test(name));
  const compiled = await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const text = await readFile(join(parentPath, name), 'utf8');
      const paths = [...text.matchAll(/'((?:\.\.\/)+[^']+)'/g)].map(([, path = '']) => path);
      return paths.map((path) => relative(root, join(parentPath, path)));
    }),
  );
  const fromOutside = compiled.flat().filter((path) => !path.startsWith('src/'));
  expect(fromOutside.length).toBeGreaterThan(0);
  const unknown = fromOutside.filter(
    (path) => !sources.some((source) => `${path}/`.startsWith(`${source}/`)),
  );
  expect(unknown).toEqual([]);
});
