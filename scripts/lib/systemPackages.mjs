import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findChromium } from './chromium.mjs';
import { run } from './run.mjs';

/**
 * Makes sure that the tests have a browser, ffmpeg and ffprobe. Debian's root user gets them installed; anyone else
 * an error whose message says what to install.
 */
export async function ensureSystemPackages() {
  const missing = missingPackages();
  if (missing.length === 0) return;
  if (!isDebianRoot()) {
    throw new Error(
      `The tests need ${missing.join(' and ')}: install ${missing.length > 1 ? 'them' : 'it'} and try again.`,
    );
  }
  console.log(`Installing ${missing.join(' and ')} (apt-get)`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const status =
    (await run('apt-get', ['update', '-qq'], { env })) ||
    (await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], { env }));
  if (status !== 0 || missingPackages().length > 0) {
    throw new Error(
      `apt-get could not install ${missing.join(' and ')}: see its words above, mend that, and try again.`,
    );
  }
}

/** Debian's names of the packages that are not there. */
function missingPackages() {
  const hasFfmpeg = isOnPath('ffmpeg') && isOnPath('ffprobe');
  return [...(findChromium() === undefined ? ['chromium'] : []), ...(hasFfmpeg ? [] : ['ffmpeg'])];
}

function isDebianRoot() {
  if (process.getuid?.() !== 0 || !existsSync('/etc/os-release')) return false;
  return /^ID="?debian"?$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** @param {string} program */
function isOnPath(program) {
  const file = process.platform === 'win32' ? `${program}.exe` : program;
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => folder !== '' && existsSync(join(folder, file)));
}
