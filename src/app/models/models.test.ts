import { beforeEach, describe, expect, it } from 'vitest';
import {
  ditLayouts,
  fileBlob,
  smallDit,
  smallTaehv,
  smallUmt5,
  taehvLayouts,
  umt5Layouts,
  type WrittenFile,
} from '../../engine/testing/randomCheckpoint.ts';
import { ShotweaveError } from '../../lib/errors.ts';
import type { Downloader } from '../../library/download/downloader.ts';
import type { PathFile } from '../../library/models.ts';
import type { StoredModel } from '../../library/storedModel.ts';
import type { ModelSet } from '../../render/modelReport.ts';
import { WanLibrary } from '../../render/wanLibrary.ts';
import { notices } from '../notices.ts';
import { choicesIn } from './choices.ts';
import { createModels, type Models } from './models.ts';

const dit = ditLayouts['ComfyUI, fp16']?.(smallDit) ?? [];
const text = umt5Layouts['ComfyUI, fp8 scaled']?.(smallUmt5) ?? [];
const light = taehvLayouts['original, fp16']?.(smallTaehv) ?? [];

function pathFiles(files: readonly WrittenFile[]): PathFile[] {
  return files.map((file) => ({ path: file.path, file: new File([fileBlob(file)], 'any name') }));
}

/** What a browser keeps: entries, whether it must ask again, and files that arrive from a server. */
class Shelf {
  readonly stored = new Map<string, StoredModel>();
  readonly disk = new Map<string, PathFile[]>();
  locked = false;
  readonly removed: string[] = [];
  /** A download writes its file. */
  writing = false;

  listModels = async () => [...this.stored.values()];
  saveModel = async (model: StoredModel) => void this.stored.set(model.id, model);
  removeModel = async (model: StoredModel) => {
    if (this.writing) throw new ShotweaveError('storage-unavailable', 'The file is locked.');
    this.stored.delete(model.id);
    this.removed.push(model.name);
  };
  filesOf = async (model: StoredModel) => {
    const files = this.disk.get(model.name);
    if (!files) throw new ShotweaveError('model-missing', `“${model.name}” cannot be read any more.`);
    return files;
  };
  needsPermission = async (model: StoredModel) => model.kind === 'disk' && this.locked;
  askPermission = async () => {
    this.locked = false;
    return true;
  };
  downloadedBytes = async () => 1000;
}

let shelf: Shelf;
let journal: Map<string, string>;
let library: WanLibrary;
let outcome: () => Promise<{ bytes: number | null; etag: string | null }>;
let stopped: () => void;

const downloader: Downloader = {
  size: async () => ({ bytes: 5000, etag: '"1"' }),
  start: async (_id, _name, _request, onProgress) => {
    onProgress({ phase: 'arriving', done: 1000, remote: { bytes: 5000, etag: '"1"' } });
    return outcome();
  },
  stop: () => stopped(),
};

function open(): Models {
  library = new WanLibrary();
  return createModels({
    client: { takeModelFiles: (files, choices) => library.use(files, choices) },
    shelf,
    downloader,
    choices: choicesIn({
      getItem: (key) => journal.get(key) ?? null,
      setItem: (key, value) => void journal.set(key, value),
    }),
    estimateRoom: async () => ({ used: 1000, available: 7000 }),
  });
}

function custom(models: Models): ModelSet | undefined {
  return models.state.getState().report.sets.find(({ model }) => model === 'wan2.1-custom');
}

const entries = (models: Models) => models.state.getState().entries ?? [];

beforeEach(() => {
  shelf = new Shelf();
  journal = new Map();
  outcome = async () => ({ bytes: 5000, etag: '"1"' });
  stopped = () => undefined;
  notices.setState({ shown: [] });
});

describe('files of this machine', () => {
  it('make up a model once all its parts are there', async () => {
    const models = open();
    await models.start();
    expect(entries(models)).toEqual([]);
    shelf.disk.set('wan', pathFiles([...dit, ...light]));
    await models.addHandles('wan', []);
    expect(custom(models)?.missing.map(({ what }) => what)).toEqual(['text encoder', 'tokenizer']);
    await expect(library.open('wan2.1-custom')).rejects.toThrow(
      /the text encoder and the tokenizer are missing, so open Models/,
    );
    await models.addFiles('umt5', pathFiles(text));
    expect(custom(models)).toMatchObject({ missing: [], decoder: 'taehv', transformer: smallDit });
    expect((await library.open('wan2.1-custom')).config).toMatchObject({
      dit: { dim: 128, layers: 2, text_dim: 64 },
      text_encoder: { dim: 64, vocab: 400 },
      ae: { kind: 'taehv', channels: [32, 16, 8, 8] },
    });
  });

  it('are found again after a reload, and wait where the browser wants to ask', async () => {
    const before = open();
    await before.start();
    shelf.disk.set('wan', pathFiles(dit));
    await before.addHandles('wan', []);
    shelf.locked = true;
    const models = open();
    await models.start();
    const [entry] = entries(models);
    expect(entry).toMatchObject({ name: 'wan', status: 'locked' });
    expect(models.state.getState().report.items).toEqual([]);
    await models.unlock(entry?.id ?? '');
    expect(entries(models)).toMatchObject([{ status: 'ready' }]);
    expect(models.state.getState().report.items).toMatchObject([{ kind: 'dit', name: 't2v.safetensors' }]);
  });

  it('that are gone say so, and can be removed', async () => {
    const models = open();
    await models.start();
    await models.addHandles('moved', []);
    const [entry] = entries(models);
    expect(entry).toMatchObject({
      status: 'gone',
      problem: expect.stringContaining('cannot be read any more'),
    });
    await models.remove(entry?.id ?? '');
    expect(entries(models)).toEqual([]);
    expect(shelf.removed).toEqual(['moved']);
  });

  it('tell models apart by what is in them and by the strength of LoRAs', async () => {
    const models = open();
    await models.start();
    await models.addFiles('all', pathFiles([...dit, ...text, ...light]));
    const identity = async () => (await library.open('wan2.1-custom')).identity.join();
    const first = await identity();
    expect(await identity()).toBe(first);
    await models.choose({ loras: { 'none.safetensors': 1 } });
    expect(await identity()).toBe(first);
  });
});

describe('a LoRA', () => {
  /** A LoRA for the values of the first block of a transformer. */
  const lora = (name: string, dim: number): WrittenFile[] => [
    {
      path: `loras/${name}`,
      tensors: (['lora_down', 'lora_up'] as const).map((half) => ({
        name: `diffusion_model.blocks.0.self_attn.v.${half}.weight`,
        type: 'F32',
        shape: half === 'lora_down' ? [4, dim] : [dim, 4],
        bytes: () => new Uint8Array(4 * 4 * dim),
      })),
    },
  ];

  it('of another size says so when it is added, and stops a film, yet not the export of one, before it starts', async () => {
    const models = open();
    await models.start();
    await models.addFiles(
      'loras',
      pathFiles([...lora('large.safetensors', 5120), ...lora('own.safetensors', 128)]),
    );
    const problems = () =>
      models.state.getState().report.items.flatMap(({ name, problem }) => (problem ? [[name, problem]] : []));
    expect(problems()).toEqual([]);
    await models.addFiles('all', pathFiles([...dit, ...text, ...light]));
    expect(problems()).toEqual([
      [
        'large.safetensors',
        'This LoRA is for Wan2.1 14B and yours is a Wan2.1 of 2 blocks of 128: add the model that it is for, or a LoRA made for yours.',
      ],
    ]);
    expect(models.state.getState().report.items).toContainEqual(
      expect.objectContaining({
        name: 'own.safetensors',
        detail: 'fp32 · for a Wan2.1 of at least 1 block of 128 · changes 1 tensor',
      }),
    );

    const check = async () => (await library.open('wan2.1-custom')).checkLoras();
    await check();
    await models.choose({ loras: { 'own.safetensors': 1 } });
    await check();
    await models.choose({ loras: { 'own.safetensors': 1, 'large.safetensors': -0.5 } });
    await expect(check()).rejects.toMatchObject({
      code: 'model-invalid',
      message:
        "The LoRA large.safetensors is for Wan2.1 14B and the film's model is a Wan2.1 of 2 blocks of 128: set its strength to 0 under Models, or choose a LoRA made for this model.",
    });
    expect((await library.open('wan2.1-custom')).decoder.name).toBe('taew.safetensors');
  });
});

describe('choices', () => {
  it('last from visit to visit', async () => {
    await open().choose({ decoder: 'speed', loras: { a: 0.5 }, memory: 12, weights: 'int8' });
    expect(open().state.getState().choices).toMatchObject({
      decoder: 'speed',
      loras: { a: 0.5 },
      memory: 12,
      weights: 'int8',
    });
  });

  it.each(['', '{', '{"decoder":"best","loras":{}}', '{"decoder":"speed","loras":{"a":1e9}}'])(
    'that read %j are those of a first visit',
    (text) => {
      journal.set('shotweave.models', text);
      expect(open().state.getState().choices).toEqual({
        decoder: 'quality',
        loras: {},
        memory: null,
        weights: 'auto',
      });
    },
  );
});

describe('downloads', () => {
  it('show what they take and what room there is before they start', async () => {
    const models = open();
    await models.start();
    const offer = await models.look('https://example.org/a/wan.safetensors');
    expect(offer).toMatchObject({ name: 'wan.safetensors', bytes: 5000, refusal: null });
    expect(offer.room).toEqual({ used: 1000, available: 7000 });
    await expect(models.look('wan')).rejects.toMatchObject({ code: 'model-missing' });
    expect(entries(models)).toEqual([]);
  });

  it('that cannot fit are refused', async () => {
    const models = createModels({
      client: { takeModelFiles: async () => ({ items: [], sets: [] }) },
      shelf,
      downloader,
      choices: choicesIn({ getItem: () => null, setItem: () => undefined }),
      estimateRoom: async () => ({ used: 3000, available: 7000 }),
    });
    expect((await models.look('https://example.org/w')).refusal).toMatch(/no room/);
  });

  it('are remembered when they are whole', async () => {
    const models = open();
    await models.start();
    shelf.disk.set('wan.safetensors', pathFiles(dit));
    await models.download(await models.look('https://example.org/wan.safetensors'), null);
    expect(entries(models)).toMatchObject([{ source: 'download', status: 'ready', arrival: null }]);
    expect([...shelf.stored.values()]).toMatchObject([
      { kind: 'download', complete: true, etag: '"1"', bytes: 5000 },
    ]);
    expect(models.state.getState().report.items).toHaveLength(1);
  });

  it('that break can go on, with the version that the server had', async () => {
    const models = open();
    await models.start();
    outcome = async () => {
      throw new ShotweaveError('model-missing', 'The connection broke.');
    };
    await models.download(await models.look('https://example.org/wan.safetensors'), 'ab'.repeat(32));
    const [entry] = entries(models);
    expect(entry).toMatchObject({
      status: 'partial',
      problem: 'The connection broke.',
      arrival: { done: 1000 },
    });
    expect([...shelf.stored.values()]).toMatchObject([{ complete: false, etag: '"1"', bytes: 5000 }]);
    shelf.disk.set('wan.safetensors', pathFiles(dit));
    outcome = async () => ({ bytes: 5000, etag: '"1"' });
    await models.goOn(entry?.id ?? '');
    expect(entries(models)).toMatchObject([{ status: 'ready', problem: null }]);
  });

  it('that the person stops are no failure', async () => {
    const models = open();
    await models.start();
    outcome = async () => {
      throw new ShotweaveError('cancelled', 'Stopped.');
    };
    await models.download(await models.look('https://example.org/wan.safetensors'), null);
    expect(entries(models)).toMatchObject([{ status: 'partial', problem: null }]);
    expect(notices.getState().shown).toEqual([]);
  });

  it('that are removed while they arrive are stopped first, and nothing of them is left', async () => {
    const models = open();
    await models.start();
    outcome = async () => {
      shelf.writing = true;
      await new Promise<void>((resolve) => {
        stopped = resolve;
      });
      // The worker closes its file some time after it was told to stop.
      await new Promise((resolve) => setTimeout(resolve, 10));
      shelf.writing = false;
      throw new ShotweaveError('cancelled', 'Stopped.');
    };
    const arrival = models.download(await models.look('https://example.org/wan.safetensors'), null);
    await expect.poll(() => shelf.writing).toBe(true);
    await models.remove(entries(models)[0]?.id ?? '');
    await arrival;
    expect(shelf.removed).toEqual(['wan.safetensors']);
    expect([...shelf.stored]).toEqual([]);
    expect(entries(models)).toEqual([]);
    expect(notices.getState().shown).toEqual([]);
  });
});
