import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentSecurityPolicy, downloadPolicy } from './contentSecurityPolicy.mjs';
import { parseRange, serveApp } from './staticServer.mjs';

describe('parseRange', () => {
  it.each([
    ['bytes=0-3', { start: 0, end: 3 }],
    ['bytes=4-', { start: 4, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=-30', { start: 0, end: 9 }],
    ['bytes=8-99', { start: 8, end: 9 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=5-4', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=-', 'whole'],
    ['bytes=0-1,4-5', 'whole'],
    ['lines=0-1', 'whole'],
    [undefined, 'whole'],
  ])('reads %s of ten bytes', (header, expected) => {
    expect(parseRange(header, 10)).toEqual(expected);
  });
});

describe('serveApp', () => {
  const host = '127.0.0.1';
  let folder: string;
  let server: Awaited<ReturnType<typeof serveApp>>;
  let address: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shotweave-serve-'));
    await mkdir(join(folder, 'dist', 'assets'), { recursive: true });
    await writeFile(join(folder, 'secret.txt'), 'secret');
    await writeFile(join(folder, 'dist', 'index.html'), '<!doctype html>');
    await writeFile(join(folder, 'dist', 'assets', 'empty.js'), '');
    await writeFile(join(folder, 'dist', 'model.safetensors'), '0123456789');
    server = await serveApp(join(folder, 'dist'), { host, port: 0 });
    address = `http://${host}:${server.port}`;
  });

  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  it('lets the download worker, and nothing else, reach other origins', async () => {
    const policyOf = async (path: string) =>
      (await fetch(`${address}${path}`)).headers.get('content-security-policy');
    expect(await policyOf('/assets/downloadWorker-a1B_2-c.js')).toBe(downloadPolicy);
    expect(downloadPolicy).toContain("connect-src 'self' https:");
    expect(contentSecurityPolicy).toContain("connect-src 'self' blob:;");
    for (const path of [
      '/',
      '/assets/worker-a1.js',
      '/downloadWorker-a1.js',
      '/assets/downloadWorker-a1.js.html',
    ])
      expect(await policyOf(path)).toBe(contentSecurityPolicy);
  });

  it('serves the page under the content security policy', async () => {
    const response = await fetch(address);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toBe(contentSecurityPolicy);
    expect(await response.text()).toBe('<!doctype html>');
  });

  it('serves a range of a file', async () => {
    const response = await fetch(`${address}/model.safetensors`, { headers: { Range: 'bytes=2-4' } });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe('bytes 2-4/10');
    expect(await response.text()).toBe('234');
  });

  it('refuses a range past the end', async () => {
    const response = await fetch(`${address}/model.safetensors`, { headers: { Range: 'bytes=10-' } });
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe('bytes */10');
  });

  it('serves an empty file', async () => {
    const response = await fetch(`${address}/assets/empty.js`);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  it('answers HEAD without a body', async () => {
    const response = await fetch(`${address}/model.safetensors`, { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe('10');
    expect(await response.text()).toBe('');
  });

  it('refuses to be written to', async () => {
    expect((await fetch(address, { method: 'POST', body: 'x' })).status).toBe(405);
  });

  /** fetch() resolves dots itself; this sends a path as it is. */
  function statusOf(path: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      request({ host, port: server.port, path }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .once('error', reject)
        .end();
    });
  }

  it.each(['/../secret.txt', '/%2e%2e/secret.txt', '/assets/..%2f..%2fsecret.txt', '/assets', '/%', '/a%00'])(
    'answers 404 to %s',
    async (path) => {
      expect(await statusOf(path)).toBe(404);
    },
  );

  it.each(['//', '//[', 'http://:80/'])('answers 400 to %s, and lives on', async (path) => {
    expect(await statusOf(path)).toBe(400);
    expect(await statusOf('/')).toBe(200);
  });

  it('takes the next free port when asked to, and fails when not', async () => {
    const next = await serveApp(folder, { host, port: server.port, nextFreePort: true });
    expect(next.port).toBeGreaterThan(server.port);
    await next.close();
    await expect(serveApp(folder, { host, port: server.port })).rejects.toThrow('EADDRINUSE');
  });
});
