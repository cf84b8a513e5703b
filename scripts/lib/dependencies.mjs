import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { run } from './run.mjs';

/** @typedef {{ packages?: Record<string, { version?: string, optional?: boolean }> }} Lockfile */

/**
 * Whether what is installed is what the lock file asks for. Packages for other platforms are not installed and
 * need not be.
 *
 * @param {Lockfile} wanted package-lock.json
 * @param {Lockfile | undefined} installed node_modules/.package-lock.json, npm's own record of what it installed
 */
export function isInstalled(wanted, installed) {
  if (installed === undefined) return false;
  return Object.entries(wanted.packages ?? {}).every(([path, { version, optional }]) => {
    if (path === '') return true;
    const found = installed.packages?.[path];
    return found === undefined ? optional === true : found.version === version;
  });
}

/** Installs the locked packages unless they are there already. */
export async function ensureInstalled() {
  const wanted = readLockfile(join(root, 'package-lock.json'));
  if (wanted === undefined) {
    throw new Error(
      'package-lock.json is missing or unreadable: restore it from the repository and try again.',
    );
  }
  if (isInstalled(wanted, readLockfile(join(root, 'node_modules', '.package-lock.json')))) return;
  console.log('Installing packages (npm ci)');
  const status = await run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund']);
  if (status !== 0) {
    throw new Error('The packages could not be installed: see npm’s words above, mend that, and try again.');
  }
}

/**
 * @param {string} path
 * @returns {Lockfile | undefined}
 */
function readLockfile(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
