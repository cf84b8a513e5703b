import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { refusalOf, sniff } from '../../engine/weights/sniff.ts';
import {
  askSize,
  checkAddress,
  type DownloadRequest,
  type DownloadTarget,
  download,
  nameOfAddress,
} from './download.ts';

const content = Uint8Array.from({ length: 60_000 }, (_, i) => (i * 31) >> 3);

let server: Server | undefined;
const ranges: (string | undefined)[] = [];

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  ranges.length = 0;
});

interface Behaviour {
  etag?: string;
  takesRanges?: boolean;
  /** Bytes after which the connection breaks. */
  breaksAfter?: number;
  status?: number;
  content?: Uint8Array;
}

/** A server of one file; its behaviour may change between requests. */
async function serve(behaviour: Behaviour): Promise<string> {
  server = createServer((request, response) => answer(behaviour, request, response));
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/wan%20t2v.safetensors`;
}

function answer(behaviour: Behaviour, request: IncomingMessage, response: ServerResponse): void {
  const { etag = '"1"', takesRanges = true, breaksAfter, status, content: file = content } = behaviour;
  if (request.method === 'GET') ranges.push(request.headers.range);
  const start = takesRanges ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
  response.setHeader('ETag', etag);
  if (start >= file.length) {
    response.writeHead(416, { 'Content-Range': `bytes */${file.length}` }).end();
    return;
  }
  const partial = takesRanges && request.headers.range !== undefined;
  if (partial) response.setHeader('Content-Range', `bytes ${start}-${file.length - 1}/${file.length}`);
  response.writeHead(status ?? (partial ? 206 : 200), { 'Content-Length': file.length - start });
  if (request.method === 'HEAD') response.end();
  else if (breaksAfter === undefined) response.end(file.subarray(start));
  else
    response.write(file.subarray(start, start + breaksAfter), () => setTimeout(() => response.destroy(), 20));
}

class Memory implements DownloadTarget {
  bytes = new Uint8Array(0);
  size = () => this.bytes.length;
  flush = () => undefined;
  truncate(size: number): void {
    this.bytes = this.bytes.slice(0, size);
  }
  write(bytes: Uint8Array, at: number): void {
    const longer = new Uint8Array(Math.max(this.bytes.length, at + bytes.length));
    longer.set(this.bytes);
    longer.set(bytes, at);
    this.bytes = longer;
  }
}

function get(
  target: Memory,
  request: DownloadRequest,
  changes: Partial<Parameters<typeof download>[2]> = {},
): ReturnType<typeof download> {
  return download(target, request, {
    fetch,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    checkBeginning: () => undefined,
    ...changes,
  });
}

/** Compares bytes as a block: an element at a time takes seconds. */
function expectWhole({ bytes }: Memory): void {
  expect(Buffer.compare(bytes, content)).toBe(0);
}

const anew = (address: string): DownloadRequest => ({ address, etag: null, bytes: null });

describe('a download', () => {
  it('brings the whole file and tells how it goes', async () => {
    const address = await serve({});
    const target = new Memory();
    const seen: number[] = [];
    const remote = await get(target, anew(address), { onProgress: (done) => seen.push(done) });
    expect(remote).toEqual({ etag: '"1"', bytes: content.length });
    expectWhole(target);
    expect(seen[0]).toBe(0);
    expect(seen.at(-1)).toBe(content.length);
    expect(await askSize(address, { fetch, signal: new AbortController().signal })).toEqual(remote);
  });

  it('that broke goes on where it stopped', async () => {
    const behaviour: Behaviour = { breaksAfter: 20_000 };
    const address = await serve(behaviour);
    const target = new Memory();
    await expect(get(target, anew(address))).rejects.toMatchObject({
      code: 'model-missing',
      message: expect.stringMatching(/go on with/),
    });
    const have = target.bytes.length;
    expect(have).toBeGreaterThan(0);
    expect(have).toBeLessThan(content.length);
    delete behaviour.breaksAfter;
    await get(target, { address, etag: '"1"', bytes: content.length });
    expectWhole(target);
    expect(ranges).toEqual([undefined, `bytes=${have}-`]);
  });

  it('that was whole already asks for nothing more', async () => {
    const address = await serve({});
    const target = new Memory();
    target.bytes = content.slice();
    await get(target, { address, etag: '"1"', bytes: content.length });
    expectWhole(target);
  });

  it.each([
    ['the server has another file now', { etag: '"2"' }, { etag: '"1"', bytes: content.length }],
    ['the file has another size now', {}, { etag: null, bytes: content.length + 1 }],
    ['the server sends no parts', { takesRanges: false }, { etag: '"1"', bytes: content.length }],
  ])('starts anew where %s', async (_, behaviour, known) => {
    const address = await serve(behaviour);
    const target = new Memory();
    target.bytes = new Uint8Array(1000).fill(9);
    await get(target, { address, ...known });
    expectWhole(target);
  });

  it('that was whole is done again where the server has another file of its length', async () => {
    const address = await serve({ etag: '"2"' });
    const target = new Memory();
    target.bytes = new Uint8Array(content.length).fill(9);
    await get(target, { address, etag: '"1"', bytes: content.length });
    expectWhole(target);
  });

  it('that is stopped keeps what arrived', async () => {
    const address = await serve({ breaksAfter: 20_000 });
    const target = new Memory();
    const aborter = new AbortController();
    const stopped = get(target, anew(address), {
      signal: aborter.signal,
      onProgress: (done) => {
        if (done > 0) aborter.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    expect(target.bytes.length).toBeGreaterThan(0);
  });

  it('ends at its beginning when that is no weight file', async () => {
    const address = await serve({ content: Uint8Array.from([0x80, 2, ...new Uint8Array(200)]) });
    const target = new Memory();
    const refused = get(target, anew(address), {
      checkBeginning: (head) => {
        const refusal = refusalOf('w.pth', sniff(head));
        if (refusal) throw refusal;
      },
    });
    await expect(refused).rejects.toThrow(/is a pickle/);
    expect(target.bytes).toHaveLength(0);
  });

  it.each([
    [404, /answers with 404: check it/],
    [401, /answers with 401, so it wants a sign-in/],
  ])('says so where the server answers with %i', async (status, words) => {
    const address = await serve({ status });
    await expect(get(new Memory(), anew(address))).rejects.toThrow(words);
  });

  it('says so where nobody answers', async () => {
    const address = await serve({});
    await new Promise((resolve) => server?.close(resolve));
    await expect(get(new Memory(), anew(address))).rejects.toThrow(/cannot be reached from here/);
  });
});

describe('addresses', () => {
  it('over TLS and of this machine are taken', () => {
    const url = checkAddress(' https://example.org/a/wan%20t2v.safetensors?download=true ');
    expect(nameOfAddress(url)).toBe('wan t2v.safetensors');
    expect(checkAddress('http://localhost:8000/x').hostname).toBe('localhost');
    expect(nameOfAddress(checkAddress('https://example.org/'))).toBe('model.safetensors');
  });

  it.each([
    '',
    'wan.safetensors',
    'http://example.org/x',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'ftp://a/b',
  ])('%j is refused', (text) => {
    expect(() => checkAddress(text)).toThrow(/begins with https/);
  });
});
