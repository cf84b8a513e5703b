import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { dist, root } from './paths.mjs';
import { runPackage } from './run.mjs';

/** Everything that the build is made from. */
export const sources = [
  'examples',
  'index.html',
  'package-lock.json',
  'public',
  'scripts/lib/contentSecurityPolicy.mjs',
  'scripts/lib/precache.mjs',
  'shaders',
  'src',
  'vite.config.ts',
];

/** Builds the app into dist unless the last build is newer than every source. */
export async function ensureBuilt() {
  const built = await stat(join(dist, 'index.html')).catch(() => undefined);
  if (built !== undefined) {
    const times = await Promise.all(sources.map((source) => newestChange(join(root, source))));
    if (Math.max(...times) <= built.mtimeMs) return;
  }
  // Our stdout may be somebody's data; the build's words are for the person.
  const status = await runPackage('vite/bin/vite.js', ['build', '--logLevel', 'warn'], { output: 'stderr' });
  if (status !== 0)
    throw new Error('The app could not be built: see the words above, mend that, and try again.');
}

/**
 * @param {string} path a file or a folder
 * @returns {Promise<number>} milliseconds since 1970 of the newest change in it, 0 when it is not there
 */
export async function newestChange(path) {
  const facts = await stat(path).catch(() => undefined);
  if (facts === undefined) return 0;
  if (!facts.isDirectory()) return facts.mtimeMs;
  const names = await readdir(path);
  const times = await Promise.all(names.map((name) => newestChange(join(path, name))));
  // A folder's own time tells of files that were deleted.
  return Math.max(facts.mtimeMs, ...times);
}
