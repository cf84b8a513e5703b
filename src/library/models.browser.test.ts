import { afterEach, describe, expect, it } from 'vitest';
import { downloadsFolder } from './modelDownloads.ts';
import { filesOf, listModels, needsPermission, removeModel, saveModel } from './models.ts';
import type { StoredModel } from './storedModel.ts';

/** A folder as the person picks one; the origin's private file system has the same kind of handles. */
async function pickedFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle('picked-models', { create: true });
  const inner = await folder.getDirectoryHandle('transformer', { create: true });
  await write(folder, 'README.md', 'read me');
  await write(inner, 'model.safetensors', 'weights');
  const passedOver = await folder.getDirectoryHandle('.git', { create: true });
  await write(passedOver, 'HEAD', 'ref');
  return folder;
}

async function write(folder: FileSystemDirectoryHandle, name: string, text: string): Promise<void> {
  const stream = await (await folder.getFileHandle(name, { create: true })).createWritable();
  await stream.write(text);
  await stream.close();
}

const disk = (handles: FileSystemHandle[]): StoredModel => ({
  id: 'on disk',
  kind: 'disk',
  name: 'picked-models',
  added: 1,
  handles,
});

afterEach(async () => {
  for (const model of await listModels()) await removeModel(model);
  const root = await navigator.storage.getDirectory();
  await root.removeEntry('picked-models', { recursive: true }).catch(() => undefined);
});

describe('a folder of models', () => {
  it('is found again by its handle, with the paths of its files', async () => {
    await saveModel(disk([await pickedFolder()]));
    const [model, ...others] = await listModels();
    expect(others).toEqual([]);
    if (!model) throw new Error('nothing was kept');
    expect(model.name).toBe('picked-models');
    expect(await needsPermission(model)).toBe(false);
    const files = await filesOf(model);
    expect(files.map(({ path }) => path).sort()).toEqual([
      'picked-models/README.md',
      'picked-models/transformer/model.safetensors',
    ]);
    const weights = files.find(({ path }) => path.endsWith('.safetensors'));
    expect(await weights?.file.text()).toBe('weights');
  });

  it('that is gone says so', async () => {
    await saveModel(disk([await pickedFolder()]));
    const [model] = await listModels();
    await (await navigator.storage.getDirectory()).removeEntry('picked-models', { recursive: true });
    if (!model) throw new Error('nothing was kept');
    await expect(filesOf(model)).rejects.toMatchObject({
      code: 'model-missing',
      message: expect.stringMatching(/cannot be read any more/),
    });
  });

  it('stays on disk when it is forgotten', async () => {
    const folder = await pickedFolder();
    await saveModel(disk([folder]));
    await removeModel(disk([folder]));
    expect(await listModels()).toEqual([]);
    expect(await (await (await folder.getFileHandle('README.md')).getFile()).text()).toBe('read me');
  });
});

describe('a download', () => {
  const download = (complete: boolean): StoredModel => ({
    id: 'downloaded',
    kind: 'download',
    name: 'wan.safetensors',
    added: 2,
    address: 'https://example.org/wan.safetensors',
    sha256: null,
    bytes: 7,
    etag: null,
    complete,
  });

  it('gives its file once it is whole, and takes it along when it is removed', async () => {
    await write(await downloadsFolder(), 'downloaded', 'weights');
    await saveModel(download(false));
    expect(await filesOf(download(false))).toEqual([]);
    const [file] = await filesOf(download(true));
    expect(file?.path).toBe('wan.safetensors');
    expect(await file?.file.text()).toBe('weights');
    await removeModel(download(true));
    expect(await filesOf(download(true))).toEqual([]);
    const names: string[] = [];
    for await (const name of (await downloadsFolder()).keys()) names.push(name);
    expect(names).toEqual([]);
  });

  it('that is being written elsewhere stays remembered, and the sentence says so', async () => {
    await write(await downloadsFolder(), 'downloaded', 'weights');
    await saveModel(download(false));
    const file = await (await downloadsFolder()).getFileHandle('downloaded');
    const writable = await file.createWritable();
    await expect(removeModel(download(false))).rejects.toThrow(/another tab: stop it there/);
    expect(await listModels()).toMatchObject([{ id: 'downloaded' }]);
    await writable.abort();
    await removeModel(download(false));
    expect(await listModels()).toEqual([]);
  });
});
