import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashValues } from '../engine/testing/hashWeights.ts';
import { fetchBytes } from '../engine/testing/papercut.ts';
import {
  ditLayouts,
  fileBlob,
  smallDit,
  smallTaehv,
  smallUmt5,
  smallVae,
  taehvLayouts,
  umt5Layouts,
  vaeLayouts,
  type WrittenFile,
} from '../engine/testing/randomCheckpoint.ts';
import type { ExportResult } from '../film/export/exportJob.ts';
import tokenizerUrl from '../model/fixtures/umt5/tokenizer.json?url';
import { type Storyboard, storyboardSchema } from '../storyboard/document.ts';
import { type ModelChoices, type ModelFile, usualChoices } from './modelReport.ts';
import type { FilmResult } from './protocol.ts';
import { RenderSession } from './session.ts';

const lora = 'loras/few.safetensors';

function loraFile(): WrittenFile {
  const tensors = (['lora_down', 'lora_up'] as const).map((half) => {
    const name = `diffusion_model.blocks.1.self_attn.v.${half}.weight`;
    const shape = half === 'lora_down' ? [4, smallDit.dim] : [smallDit.dim, 4];
    const bytes = () => new Uint8Array(hashValues(name, 4 * smallDit.dim).buffer);
    return { name, type: 'F32' as const, shape, bytes };
  });
  return { path: lora, tensors };
}

let files: ModelFile[];
beforeAll(async () => {
  const written = [
    ...(ditLayouts['original, f32']?.(smallDit) ?? []),
    ...(umt5Layouts['Hugging Face, sharded, bf16']?.(smallUmt5) ?? []),
    ...(vaeLayouts['ComfyUI, fp16']?.(smallVae) ?? []),
    ...(taehvLayouts['original, fp16']?.(smallTaehv) ?? []),
    loraFile(),
  ].map((file) => ({ path: file.path, blob: fileBlob(file) }));
  const tokenizer = { path: 'tokenizer/tokenizer.json', blob: await fetchBytes(tokenizerUrl) };
  files = [...written, tokenizer].map(({ path, blob }) => ({
    entryId: 'wan',
    path,
    file: new File([blob], path.replace(/^.*\//, ''), { lastModified: 1 }),
  }));
});

function film(changes: Partial<Storyboard> = {}): Storyboard {
  return storyboardSchema.parse({
    format: 'shotweave/storyboard',
    version: 1,
    model: 'wan2.1-custom',
    width: 64,
    height: 32,
    fps: 16,
    seed: 7,
    steps: 1,
    guidance: 1,
    attention: 'dense',
    shots: [{ id: 'a', prompt: 'a cat', seconds: 0.5 }],
    ...changes,
  });
}

const ignore = (): void => undefined;

let session: RenderSession;
beforeEach(() => {
  session = new RenderSession(new URL('/', window.location.href));
});

function choose(changes: Partial<ModelChoices>, without = 'nothing'): Promise<unknown> {
  const own = files.filter(({ path }) => !path.includes(without));
  return session.takeModelFiles(own, { ...usualChoices, ...changes });
}

describe('a model that is being loaded', () => {
  it('is not read any further once the film is cancelled', async () => {
    await choose({ decoder: 'speed' });
    const [dit] = files;
    if (!dit) throw new Error('there are files');
    const slice = dit.file.slice.bind(dit.file);
    let readsSince = Number.NaN;
    dit.file.slice = (...range) => {
      readsSince += 1;
      return slice(...range);
    };
    try {
      const cancelled = session.render(film(), {}, (event) => {
        if (event.type !== 'progress' || !Number.isNaN(readsSince)) return;
        readsSince = 0;
        void session.cancel();
      });
      await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
      expect(readsSince).toBe(0);
    } finally {
      Reflect.deleteProperty(dit.file, 'slice');
    }
  });

  it('tells that the device was lost, with a LoRA to be merged too', async () => {
    await choose({ decoder: 'speed', loras: { 'few.safetensors': 1 } });
    const lost = session.render(film(), {}, (event) => {
      if (event.type === 'progress') void session.loseDevice();
    });
    await expect(lost).rejects.toMatchObject({ code: 'device-lost' });
  });
});

describe('a film whose decoder is not the one that is chosen any more', () => {
  let made: FilmResult;
  const exported = (): Promise<ExportResult> =>
    session.exportFilm(
      {
        film: made.fileName,
        storyboard: made.storyboard,
        scale: 1,
        codec: made.codec,
        quality: 'small',
        pieces: [{ name: 'whole.mp4', frames: { start: 0, count: made.frames } }],
        target: { kind: 'private' },
      },
      ignore,
    );

  it('is exported with its own, or not at all', async () => {
    await choose({ decoder: 'speed' });
    made = await session.render(film(), {}, ignore);
    expect((await exported()).framesSha256).toBe(made.framesSha256);
    await choose({ decoder: 'quality' });
    expect((await exported()).framesSha256).toBe(made.framesSha256);
    await choose({ decoder: 'quality' }, 'taew');
    await expect(exported()).rejects.toMatchObject({
      code: 'model-missing',
      message: expect.stringMatching(/\(taew2_1\) is not here any more: add it in Models, or generate/),
    });
  });
});
