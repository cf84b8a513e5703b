import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** Name of the built service worker; it lies beside the page, so that the whole folder is in its scope. */
export const serviceWorkerFile = 'sw.js';

const placeholder = 'SHOTWEAVE_PRECACHE';

/**
 * Every file that the page may ask for, with its hash; what only developers ask for is left out.
 *
 * @param {string} folder the build
 * @returns {Promise<import('../../src/offline/precache.ts').Precache>}
 */
export async function precacheOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .split(sep)
        .join('/'),
    )
    .filter((path) => path !== serviceWorkerFile && !path.endsWith('.map'))
    .sort();
  const files = await Promise.all(
    paths.map(async (path) => ({ path, sha256: hash(await readFile(join(folder, path))) })),
  );
  return { version: hash(JSON.stringify(files)).slice(0, 16), files };
}

/**
 * Tells the built service worker which files to keep, the models among them.
 *
 * @returns {import('vite').Plugin}
 */
export function precachePlugin() {
  return {
    name: 'precache',
    apply: 'build',
    writeBundle: {
      order: 'post',
      sequential: true,
      async handler({ dir }, bundle) {
        if (dir === undefined || !(serviceWorkerFile in bundle)) return;
        const file = join(dir, serviceWorkerFile);
        const code = await readFile(file, 'utf8');
        if (!code.includes(placeholder)) throw new Error(`${serviceWorkerFile} has no place for the list.`);
        await writeFile(file, code.replaceAll(placeholder, JSON.stringify(await precacheOf(dir))));
      },
    },
  };
}

/** @param {string | Uint8Array} content */
function hash(content) {
  return createHash('sha256').update(content).digest('hex');
}
