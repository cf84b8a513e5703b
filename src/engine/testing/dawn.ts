import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll } from 'vitest';
import { create, globals } from 'webgpu';

/**
 * Gives tests WebGPU in Node through Dawn, on whatever adapter its Vulkan, Metal or D3D12 finds: the way to run the
 * kernels on a machine that has a GPU and no browser, or on another driver (VK_DRIVER_FILES names one).
 */
const options = (process.env.DAWN_OPTIONS ?? 'enable-dawn-features=allow_unsafe_apis').split(' ');
// Dawn ends with the object that made it, so this one lives as long as the tests.
const gpu = create(options);
Object.assign(globalThis, globals);
Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
afterAll(() => {
  // Keeps the reference alive until every test is through.
  if (!gpu) throw new Error('unreachable');
});

const fetchRemote = globalThis.fetch;

/** Answers for the server that tests in a browser have: addresses without a host are files of the repository. */
globalThis.fetch = async (input, init) => {
  const path = typeof input === 'string' && input.startsWith('/') ? input.replace(/\?.*$/, '') : null;
  if (path === null) return fetchRemote(input, init);
  const file = [`public${path}`, `.${path}`].find((name) => existsSync(name));
  return file ? new Response(await readFile(file)) : new Response(null, { status: 404 });
};
