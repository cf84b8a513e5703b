import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './build.mjs';
import { requireChromium, webgpuFlags } from './chromium.mjs';
import { ensureInstalled } from './dependencies.mjs';
import { dist, root } from './paths.mjs';
import { serveApp } from './staticServer.mjs';

const firstPort = 4173;

/**
 * Serves the studio until the process is stopped; installs and builds what is missing first.
 *
 * @param {string[]} args `--open` also opens the person's Chromium on it
 */
export async function start(args) {
  const { values } = parseArgs({ args, options: { open: { type: 'boolean', default: false } } });
  const browser = values.open ? requireChromium() : undefined;
  await ensureInstalled();
  await ensureBuilt();
  const { port } = await serveApp(dist, { host: 'localhost', port: firstPort, nextFreePort: true });
  const address = `http://localhost:${port}/`;
  console.log(`Shotweave is at ${address} until you press Ctrl-C.`);
  if (browser === undefined) {
    console.log(
      'Should the page find no WebGPU, "npm start -- --open" starts your Chromium with the switches that it needs.',
    );
  } else {
    await openBrowser(browser, address);
  }
}

/**
 * Opens the studio in a browser with a profile of its own: switches reach only a browser that is not running yet.
 * The profile stays, and with it the projects and films of the studio.
 *
 * @param {string} executable
 * @param {string} address
 */
async function openBrowser(executable, address) {
  const profile = join(root, '.browser');
  await mkdir(profile, { recursive: true });
  const switches = [...webgpuFlags(), '--no-first-run', '--no-default-browser-check'];
  const browser = spawn(executable, [`--user-data-dir=${profile}`, ...switches, address], {
    stdio: 'ignore',
  });
  /** @param {string} reason */
  const complain = (reason) =>
    console.error(`${executable} did not run (${reason}): open ${address} in a browser yourself.`);
  browser.once('error', (error) => complain(error.message));
  browser.once('exit', (status) => {
    if (status !== null && status !== 0) complain(`status ${status}`);
  });
}
