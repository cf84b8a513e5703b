import { beforeEach, describe, expect, it } from 'vitest';
import { promptStore } from './promptStore.ts';

const folder = async () =>
  (await navigator.storage.getDirectory()).getDirectoryHandle('prompts', { create: true });

beforeEach(async () => {
  await (await navigator.storage.getDirectory())
    .removeEntry('prompts', { recursive: true })
    .catch(() => undefined);
});

describe('promptStore', () => {
  it('gives back what it was given, and nothing for a prompt that it does not know', async () => {
    expect(await promptStore.read('a')).toBeNull();
    await promptStore.write('a', Float32Array.of(1, -2.5));
    await promptStore.write('b', new Float32Array(0));
    expect(await promptStore.read('a')).toEqual(Float32Array.of(1, -2.5));
    expect(await promptStore.read('b')).toEqual(new Float32Array(0));
  });

  it.each([
    ['was cut short', (bytes: Uint8Array<ArrayBuffer>) => bytes.slice(0, -4)],
    ['was changed', (bytes: Uint8Array<ArrayBuffer>) => bytes.map((byte, i) => (i === 40 ? byte ^ 1 : byte))],
    ['is empty', () => new Uint8Array(0)],
  ])('forgets a prompt whose file %s', async (_, damage) => {
    await promptStore.write('a', Float32Array.of(1, 2, 3));
    const handle = await (await folder()).getFileHandle('a');
    const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
    const stream = await handle.createWritable();
    await stream.write(damage(bytes));
    await stream.close();
    expect(await promptStore.read('a')).toBeNull();
  });

  it('keeps no more than 48 prompts, the latest ones', async () => {
    for (let i = 0; i < 50; i++) await promptStore.write(`prompt ${i}`, Float32Array.of(i));
    const names: string[] = [];
    for await (const name of (await folder()).keys()) names.push(name);
    expect(names).toHaveLength(48);
    expect(await promptStore.read('prompt 49')).toEqual(Float32Array.of(49));
  });
});
