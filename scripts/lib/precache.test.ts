import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { precacheOf } from './precache.mjs';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shotweave-precache-'));
  await mkdir(join(folder, 'models', 'papercut'), { recursive: true });
  await writeFile(join(folder, 'index.html'), 'abc');
  await writeFile(join(folder, 'models', 'papercut', 'dit.safetensors'), 'weights');
  await writeFile(join(folder, 'sw.js'), 'itself');
  await writeFile(join(folder, 'index.js.map'), 'for developers');
});

afterEach(() => rm(folder, { recursive: true }));

it('lists the page and the models with their hashes, not the worker itself nor source maps', async () => {
  const { files } = await precacheOf(folder);
  expect(files.map(({ path }) => path)).toEqual(['index.html', 'models/papercut/dit.safetensors']);
  // SHA-256 of "abc", as in FIPS 180-2.
  expect(files[0]?.sha256).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

it('has another version when a file changes or moves, and only then', async () => {
  const { version } = await precacheOf(folder);
  await writeFile(join(folder, 'sw.js'), 'changed');
  expect((await precacheOf(folder)).version).toBe(version);
  await writeFile(join(folder, 'models', 'papercut', 'dit.safetensors'), 'other weights');
  const changed = (await precacheOf(folder)).version;
  expect(changed).not.toBe(version);
  await writeFile(join(folder, 'more.txt'), '');
  expect((await precacheOf(folder)).version).not.toBe(changed);
});
