import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** @typedef {{ platform: NodeJS.Platform, env: NodeJS.ProcessEnv, exists: (path: string) => boolean }} Machine */

/** @type {Machine} */
const thisMachine = { platform: process.platform, env: process.env, exists: existsSync };

const linuxNames = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
  'microsoft-edge-stable',
];

const macApplications = [
  'Google Chrome.app/Contents/MacOS/Google Chrome',
  'Chromium.app/Contents/MacOS/Chromium',
  'Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];

const windowsPrograms = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Chromium\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
];

/**
 * The Chromium-based browser of this machine: CHROMIUM_PATH if it is set, else the usual places.
 *
 * @param {Machine} [machine]
 * @returns {string | undefined} path of the executable
 */
export function findChromium(machine = thisMachine) {
  const { platform, env, exists } = machine;
  if (env.CHROMIUM_PATH) return env.CHROMIUM_PATH;
  return candidates(platform, env).find(exists);
}

/** What to do when findChromium finds nothing. */
export const noChromiumSentence =
  'No Chromium or Chrome was found: install one, or set CHROMIUM_PATH to its executable, and try again.';

/**
 * The browser, or an error whose message is the sentence for the person.
 *
 * @returns {string}
 */
export function requireChromium() {
  const path = findChromium();
  if (path === undefined) throw new Error(noChromiumSentence);
  if (!existsSync(path)) {
    throw new Error(
      `CHROMIUM_PATH is ${path}, but there is no such file: correct it or unset it, and try again.`,
    );
  }
  return path;
}

/**
 * Switches under which Chromium gives pages a WebGPU adapter, the software one (SwiftShader) where there is no GPU.
 *
 * @param {NodeJS.Platform} [platform]
 * @returns {string[]}
 */
export function webgpuFlags(platform = process.platform) {
  const flags = ['--enable-unsafe-webgpu'];
  if (platform === 'linux') flags.push('--enable-features=Vulkan');
  // Chromium refuses to start its sandbox as root, which is who runs tests in a container.
  if (process.getuid?.() === 0) flags.push('--no-sandbox');
  return flags;
}

/** Keeps a browser that no person looks at from talking to anyone but the page's server. */
export const quietFlags = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-sync',
  '--no-default-browser-check',
  '--no-first-run',
];

/**
 * Playwright's launch options for a browser that runs tests or renders films.
 *
 * @returns {{ executablePath: string, headless: true, args: string[] }}
 */
export function launchOptions() {
  return { executablePath: requireChromium(), headless: true, args: [...webgpuFlags(), ...quietFlags] };
}

/**
 * @param {NodeJS.Platform} platform
 * @param {NodeJS.ProcessEnv} env
 * @returns {string[]}
 */
function candidates(platform, env) {
  if (platform === 'darwin') {
    return ['/Applications', join(homedir(), 'Applications')].flatMap((folder) =>
      macApplications.map((application) => join(folder, application)),
    );
  }
  if (platform === 'win32') {
    return [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA]
      .filter((folder) => folder !== undefined)
      .flatMap((folder) => windowsPrograms.map((program) => `${folder}\\${program}`));
  }
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin', '/snap/bin'];
  return linuxNames.flatMap((name) => folders.filter(Boolean).map((folder) => join(folder, name)));
}
