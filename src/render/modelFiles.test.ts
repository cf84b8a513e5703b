import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ModelFolder } from './modelFiles.ts';

const folder = new ModelFolder('papercut', new URL('http://localhost/'));
const weights = new Uint8Array(64).fill(7);
const published = { bytes: weights.length, sha256: bytesToHex(sha256(weights)) };
const manifest = {
  format: 'shotweave/model',
  version: 1,
  files: { 'dit.safetensors': published, 'ae.safetensors': published },
};

/** How the connection goes on after the first half of a file of weights. */
let ending: (body: ReadableStreamDefaultController<Uint8Array>, signal: AbortSignal | null) => void;
let halves: number;

beforeEach(() => {
  halves = 0;
  vi.stubGlobal('fetch', async (address: URL, { signal }: { signal: AbortSignal | null }) => {
    if (address.pathname.endsWith('manifest.json')) return Response.json(manifest);
    return new Response(
      new ReadableStream({
        start(body) {
          body.enqueue(weights.slice(0, 32));
          halves += 1;
          ending(body, signal);
        },
      }),
    );
  });
});

afterEach(() => vi.unstubAllGlobals());

it('reads weights that are what was published, and tells how much has arrived', async () => {
  ending = (body) => {
    body.enqueue(weights.slice(32));
    body.close();
  };
  const onArrival = vi.fn();
  const { dit, ae } = await folder.weights(new AbortController().signal, onArrival);
  expect([dit.size, ae.size]).toEqual([64, 64]);
  expect(onArrival.mock.calls).toEqual([32, 64, 96, 128].map((arrived) => [arrived, 128]));
});

it('takes no file that is cut short or changed', async () => {
  ending = (body) => body.close();
  await expect(folder.weights(new AbortController().signal)).rejects.toMatchObject({ code: 'model-invalid' });
  ending = (body) => {
    body.enqueue(new Uint8Array(32));
    body.close();
  };
  await expect(folder.weights(new AbortController().signal)).rejects.toMatchObject({ code: 'model-invalid' });
});

it('says what to do when the connection goes in the middle of a file', async () => {
  ending = (body) => body.error(new TypeError('network error'));
  await expect(folder.weights(new AbortController().signal)).rejects.toMatchObject({
    code: 'model-missing',
    message: expect.stringMatching(/dit\.safetensors did not arrive.*try again/),
  });
});

it('ends in the middle of a file when it is cancelled', async () => {
  ending = (body, signal) => signal?.addEventListener('abort', () => body.error(signal.reason));
  const control = new AbortController();
  const loading = folder.weights(control.signal);
  await vi.waitFor(() => expect(halves).toBe(1));
  control.abort();
  await expect(loading).rejects.toMatchObject({ code: 'cancelled' });
  expect(halves).toBe(1);
});
