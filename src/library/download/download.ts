import { headBytes } from '../../engine/weights/sniff.ts';
import { ShotweaveError } from '../../lib/errors.ts';

/** Where a download's bytes go; what is there is a beginning of the file. */
export interface DownloadTarget {
  size(): number;
  write(bytes: Uint8Array<ArrayBuffer>, at: number): void;
  truncate(size: number): void;
  flush(): void;
}

export interface DownloadRequest {
  address: string;
  /** What is known of the file from an earlier part of it. */
  etag: string | null;
  bytes: number | null;
}

/** What a server says of a file. */
export interface RemoteFile {
  bytes: number | null;
  etag: string | null;
}

export interface DownloadEnvironment {
  fetch: typeof fetch;
  signal: AbortSignal;
  /** Called when the server has said what it sends, and then as bytes arrive. */
  onProgress: (done: number, remote: RemoteFile) => void;
  /** Looks at the beginning of the file as soon as it is there; what it throws ends the download. */
  checkBeginning: (head: Uint8Array<ArrayBuffer>) => void;
}

/** The address of a model file. Throws `model-missing` with a sentence when it is none that can be downloaded from. */
export function checkAddress(text: string): URL {
  let url: URL | null = null;
  try {
    url = new URL(text.trim());
  } catch {
    // Told of below.
  }
  const local = url !== null && /^(localhost|127\.0\.0\.1)$/.test(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && local)) return url;
  throw fault(
    'This is no address that can be downloaded from: it begins with https:// and leads to a .safetensors file.',
  );
}

/** Name of the file at an address. */
export function nameOfAddress({ pathname }: URL): string {
  const last = pathname.slice(pathname.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(last) || 'model.safetensors';
  } catch {
    return last;
  }
}

/** Asks for the size of a file without its bytes; nothing is known where the server does not say. */
export async function askSize(
  address: string,
  { fetch: ask, signal }: Pick<DownloadEnvironment, 'fetch' | 'signal'>,
): Promise<RemoteFile> {
  const response = await request(address, { method: 'HEAD', signal }, ask);
  return response.ok
    ? { bytes: lengthOf(response), etag: response.headers.get('etag') }
    : { bytes: null, etag: null };
}

/**
 * Downloads a file, from where an earlier download left off if the server has the same file still and sends parts.
 * What arrived stays in the target when it fails or is cancelled. Rejects with `model-missing`, `cancelled`.
 */
export async function download(
  target: DownloadTarget,
  { address, etag, bytes }: DownloadRequest,
  environment: DownloadEnvironment,
): Promise<RemoteFile> {
  const { signal, onProgress, checkBeginning } = environment;
  const have = target.size();
  const headers: Record<string, string> = have > 0 ? { range: `bytes=${have}-` } : {};
  let response = await request(address, { headers, signal }, environment.fetch);
  let remote: RemoteFile = { etag: response.headers.get('etag'), bytes: totalOf(response, have) };
  // Nothing is left to send.
  if (response.status === 416 && have > 0 && remote.bytes === have && isSame(remote, { etag, bytes })) {
    return { etag, bytes: have };
  }
  const goesOn =
    response.status === 206 && startOf(response, have) === have && isSame(remote, { etag, bytes });
  if (have > 0 && !goesOn && response.status !== 200) {
    await response.body?.cancel();
    response = await request(address, { signal }, environment.fetch);
    remote = { etag: response.headers.get('etag'), bytes: totalOf(response, 0) };
  }
  if (!response.ok || !response.body) {
    throw fault(
      `The address answers with ${response.status}${response.status === 401 || response.status === 403 ? ', so it wants a sign-in' : ''}: check it, or download the file with your browser and choose it here.`,
    );
  }
  let at = goesOn ? have : 0;
  if (!goesOn) target.truncate(0);
  onProgress(at, remote);
  await receive(response.body, {
    begins: at === 0 ? checkBeginning : null,
    take: (chunk) => {
      target.write(chunk, at);
      at += chunk.length;
      onProgress(at, remote);
    },
    signal,
  }).finally(() => target.flush());
  if (remote.bytes !== null && at !== remote.bytes) {
    throw fault(
      `The download broke off after ${at} of ${remote.bytes} bytes: go on with it to get the rest.`,
    );
  }
  return { ...remote, bytes: at };
}

async function receive(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  {
    begins,
    take,
    signal,
  }: {
    begins: ((head: Uint8Array<ArrayBuffer>) => void) | null;
    take: (chunk: Uint8Array<ArrayBuffer>) => void;
    signal: AbortSignal;
  },
): Promise<void> {
  const reader = body.getReader();
  let head: Uint8Array<ArrayBuffer> | null = begins ? new Uint8Array(0) : null;
  try {
    for (;;) {
      const part = await reader.read();
      if (signal.aborted) throw cancelled();
      if (part.done) break;
      let chunk = part.value;
      if (head) {
        chunk = joined(head, chunk);
        head = chunk.length < headBytes ? chunk : null;
        if (head) continue;
        begins?.(chunk.subarray(0, headBytes));
      }
      take(chunk);
    }
    if (head) take(head);
  } catch (cause) {
    if (cause instanceof ShotweaveError) throw cause;
    if (signal.aborted) throw cancelled();
    // Whatever the stream fails with is the connection's failure; the target's own are errors of storage.
    if (cause instanceof DOMException && cause.name === 'QuotaExceededError') throw cause;
    throw fault('The connection broke: go on with the download to get the rest.', cause);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function request(address: string, init: RequestInit, ask: typeof fetch): Promise<Response> {
  try {
    return await ask(address, {
      ...init,
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
    });
  } catch (cause) {
    if (init.signal?.aborted) throw cancelled();
    throw fault(
      'The address cannot be reached from here: check it and the connection, or download the file with your browser and choose it here, since some servers allow nothing else.',
      cause,
    );
  }
}

/** Whether the file at the address can be the one that a part is there of. */
function isSame(remote: RemoteFile, known: RemoteFile): boolean {
  const same = (a: string | number | null, b: string | number | null) => a === null || b === null || a === b;
  return same(remote.etag, known.etag) && same(remote.bytes, known.bytes);
}

function lengthOf({ headers }: Response): number | null {
  const text = headers.get('content-length');
  // The length of a compressed answer is not that of the file.
  return text === null || headers.has('content-encoding') ? null : Number(text);
}

/** Bytes of the whole file by an answer that may hold a part of it. */
function totalOf(response: Response, have: number): number | null {
  const total = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
  if (total !== undefined) return Number(total);
  const length = lengthOf(response);
  return length === null ? null : response.status === 206 ? have + length : length;
}

/** Where the part in an answer begins: where it was asked to, if the server of another origin does not show it. */
function startOf(response: Response, asked: number): number | null {
  const range = response.headers.get('content-range');
  if (range === null) return asked;
  const start = /^bytes (\d+)-/.exec(range)?.[1];
  return start === undefined ? null : Number(start);
}

function joined(a: Uint8Array<ArrayBuffer>, b: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (a.length === 0) return b;
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

/** What a download that the person stops ends with. */
export function cancelled(): ShotweaveError {
  return new ShotweaveError('cancelled', 'The download was stopped; what arrived is kept.');
}

function fault(sentence: string, cause?: unknown): ShotweaveError {
  return new ShotweaveError('model-missing', sentence, { cause });
}
