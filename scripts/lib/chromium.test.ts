import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findChromium, webgpuFlags } from './chromium.mjs';

function machine(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, ...files: string[]) {
  return { platform, env, exists: (path: string) => files.includes(path) };
}

describe('findChromium', () => {
  it('obeys CHROMIUM_PATH before looking anywhere', () => {
    const found = findChromium(machine('linux', { CHROMIUM_PATH: '/opt/mine' }, '/usr/bin/chromium'));
    expect(found).toBe('/opt/mine');
  });

  it('looks along PATH on Linux', () => {
    const chrome = join('/opt/bin', 'google-chrome');
    expect(findChromium(machine('linux', { PATH: '/bin:/opt/bin' }, chrome))).toBe(chrome);
  });

  it('finds the browser of a Linux whose PATH is empty', () => {
    expect(findChromium(machine('linux', {}, '/usr/bin/chromium'))).toBe('/usr/bin/chromium');
  });

  it('finds an application on macOS', () => {
    const chrome = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
    expect(findChromium(machine('darwin', {}, chrome))).toBe(chrome);
  });

  it('finds a program on Windows', () => {
    const edge = 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe';
    const env = { PROGRAMFILES: 'C:\\Program Files', 'PROGRAMFILES(X86)': 'C:\\Program Files (x86)' };
    expect(findChromium(machine('win32', env, edge))).toBe(edge);
  });

  it('finds nothing where there is nothing', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      expect(findChromium(machine(platform, { PATH: '/usr/bin' }))).toBeUndefined();
    }
  });
});

describe('webgpuFlags', () => {
  it('asks for Vulkan on Linux only', () => {
    expect(webgpuFlags('linux')).toContain('--enable-features=Vulkan');
    expect(webgpuFlags('darwin')).not.toContain('--enable-features=Vulkan');
  });
});
