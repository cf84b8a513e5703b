import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './paths.mjs';

/**
 * Runs a program in the repository's folder; its output goes to ours.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, output?: 'inherit' | 'stderr' }} [options] `stderr` keeps stdout for our own words
 * @returns {Promise<number>} its exit status; 1 when a signal ended it
 */
export function run(program, args, { env = {}, output = 'inherit' } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['inherit', output === 'stderr' ? 2 : 'inherit', 'inherit'],
      // npm is a script on Windows, which only a shell starts.
      shell: process.platform === 'win32' && program === 'npm',
    });
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? 1));
  });
}

/**
 * Runs the command-line program of an installed package under this Node.
 *
 * @param {string} file path below node_modules
 * @param {string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export function runPackage(file, args, options) {
  return run(process.execPath, [join(root, 'node_modules', file), ...args], options);
}
