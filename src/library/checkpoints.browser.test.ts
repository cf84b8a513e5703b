import { afterEach, expect, it } from 'vitest';
import {
  type Checkpoint,
  dropCheckpoint,
  listCheckpoints,
  loadCheckpoint,
  parseCheckpoint,
  saveCheckpoint,
} from './checkpoints.ts';

const film = (fingerprint: string, step: number): Checkpoint => ({
  fingerprint,
  step,
  latents: Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i * step)),
});

afterEach(async () => {
  const root = await navigator.storage.getDirectory();
  await root.removeEntry('checkpoints', { recursive: true }).catch(() => undefined);
});

async function bytesOf(name: string): Promise<ArrayBuffer> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle('checkpoints');
  return (await (await folder.getFileHandle(name)).getFile()).arrayBuffer();
}

it('gives back what was saved last, to the bit', async () => {
  await saveCheckpoint(film('a', 1));
  await saveCheckpoint(film('a', 2));
  await saveCheckpoint(film('b', 7));
  expect(await loadCheckpoint('a')).toEqual(film('a', 2));
  expect((await listCheckpoints()).toSorted((a, b) => a.step - b.step)).toEqual([
    { fingerprint: 'a', step: 2 },
    { fingerprint: 'b', step: 7 },
  ]);
});

it('has nothing for other films, or after it was dropped', async () => {
  expect(await loadCheckpoint('a')).toBeNull();
  await saveCheckpoint(film('a', 1));
  await dropCheckpoint('a');
  await dropCheckpoint('a');
  expect(await loadCheckpoint('a')).toBeNull();
  expect(await listCheckpoints()).toEqual([]);
});

it('takes a damaged or cut file for none', async () => {
  await saveCheckpoint(film('a', 3));
  const whole = await bytesOf('a');
  expect(parseCheckpoint('a', whole)).toEqual(film('a', 3));
  for (const at of [0, 4, 8, 20, 500, whole.byteLength - 1]) {
    const damaged = whole.slice(0);
    const bytes = new Uint8Array(damaged);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    expect(parseCheckpoint('a', damaged)).toBeNull();
  }
  for (const length of [0, 3, 12, 44, whole.byteLength - 4]) {
    expect(parseCheckpoint('a', whole.slice(0, length))).toBeNull();
  }
});

it('keeps the latest three films', async () => {
  for (const name of ['a', 'b', 'c', 'd']) {
    await saveCheckpoint(film(name, 1));
    // Times of files have milliseconds.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  // The last written first.
  expect(await listCheckpoints()).toEqual(['d', 'c', 'b'].map((fingerprint) => ({ fingerprint, step: 1 })));
});
