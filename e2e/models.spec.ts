import { createHash } from 'node:crypto';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import type { Page } from '@playwright/test';
import { root } from '../scripts/lib/paths.mjs';
import { hashValues } from '../src/engine/testing/hashWeights.ts';
import {
  ditLayouts,
  fileParts,
  smallDit,
  smallTaehv,
  smallUmt5,
  smallVae,
  taehvLayouts,
  umt5Layouts,
  vaeLayouts,
  type WrittenFile,
  type WrittenTensor,
} from '../src/engine/testing/randomCheckpoint.ts';
import { expectAccessible } from './accessible.ts';
import { expect, test } from './fixtures.ts';
import { filmTimeout, tinyStoryboard } from './storyboards.ts';

async function write(folder: string, files: readonly WrittenFile[]): Promise<void> {
  for (const file of files) {
    const path = join(folder, file.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, Buffer.concat([...fileParts(file)]));
  }
}

const dialogOf = (page: Page) => page.getByRole('dialog', { name: 'Models' });

// No test can work the file dialogs of the system; browsers that have none use plain inputs.
test.beforeEach(async ({ page }) => {
  await page.addInitScript(() => {
    Reflect.deleteProperty(window, 'showDirectoryPicker');
    Reflect.deleteProperty(window, 'showOpenFilePicker');
  });
});

test('a folder of Wan files is recognised by what is in them, and what is missing is named', async ({
  studio,
}, info) => {
  const { page, filmSettings } = studio;
  await studio.page.reload();
  const folder = info.outputPath('ComfyUI');
  await write(folder, ditLayouts['ComfyUI, fp8 scaled']?.(smallDit) ?? []);
  await write(folder, vaeLayouts['ComfyUI, fp16']?.(smallVae) ?? []);
  await writeFile(join(folder, 'old.pth'), Buffer.from([0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc]));

  await filmSettings.getByRole('button', { name: 'Models…' }).click();
  const dialog = dialogOf(page);
  await dialog.getByLabel('Folder of models').setInputFiles(folder);
  const files = dialog.getByRole('list', { name: 'Your files' });
  await expect(files).toContainText('Wan2.1 T2V, 2 blocks of 128');
  await expect(files).toContainText('fp8 e4m3 scaled');
  await expect(files).toContainText('Wan-VAE decoder');
  await expect(files).toContainText(/old\.pth is a pickle, which can run code/);
  const sets = dialog.getByRole('list', { name: 'Models that they make up' });
  const own = sets.getByRole('listitem').filter({ hasText: 'another size' });
  await expect(own).toContainText('2 of 4 parts missing');
  await expect(own).toContainText('umt5_xxl_fp8_e4m3fn_scaled');
  expect(studio.refusals).toEqual([]);
  await expectAccessible(page, 'models');

  await dialog.getByRole('button', { name: 'Remove ComfyUI' }).click();
  await expect(files).toBeHidden();
});

test('choosing Wan plans with its sizes, hides the words of Papercut and asks for its files', async ({
  studio,
}) => {
  const { page, filmSettings } = studio;
  await expect(page.getByRole('tablist', { name: 'What the model knows' })).toBeVisible();
  await filmSettings.getByRole('combobox', { name: 'Model' }).selectOption('wan2.1-1.3b');
  await expect(dialogOf(page)).toContainText('wan2.1_t2v_1.3B as ComfyUI has it');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('list', { name: 'Notices' })).toContainText(
    'Wan2.1 1.3B came with settings of its own: 832×480',
  );
  const { width, height, fps, model } = await studio.storyboard();
  expect({ width, height, fps, model }).toEqual({ width: 832, height: 480, fps: 16, model: 'wan2.1-1.3b' });
  await expect(page.getByRole('tablist', { name: 'What the model knows' })).toBeHidden();
  await studio.prompt(1).fill('一只猫 and a zorbulent sailbot');
  await expect(studio.storyboardPanel.locator('mark')).toHaveCount(0);
  await expect(studio.stage).toContainText('832×480');

  await filmSettings.getByRole('combobox', { name: 'Preset' }).selectOption('Fast: 4 steps, no guidance');
  await expect(filmSettings).toContainText('no LoRA is switched on');
  await filmSettings.getByRole('button', { name: 'Write the model’s list' }).click();
  await filmSettings.getByRole('radio', { name: /^Dense/ }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(filmSettings).toContainText('The first step stays dense');
  await filmSettings.getByText('Advanced').press('Space');
  await studio.number('Shift').fill('7');
  await expect(filmSettings.getByRole('combobox', { name: 'Guide' })).toBeDisabled();
  const { steps, guidance, sampler, shift, attention, negative } = await studio.storyboard();
  expect({ steps, guidance, sampler, shift, attention }).toEqual({
    steps: 4,
    guidance: 1,
    sampler: 'euler',
    shift: 7,
    attention: 'kmeans',
  });
  expect(negative).toMatch(/^色调艳丽/);
  await expectAccessible(page, 'settings of Wan');

  await studio.generateButton.click();
  // The adapter is opened first, which takes its time where the processor stands in for a GPU.
  await expect(studio.alerts).toContainText(
    /Wan2\.1 1\.3B is not complete here: the transformer, the text encoder/,
    { timeout: filmTimeout },
  );
});

test('a whole set of Wan files makes a film, from another decoder and with a LoRA another one', async ({
  studio,
}, info) => {
  // Compiling Wan-VAE's kernels takes most of it where the processor stands in for a GPU and has other work.
  test.slow();
  const { page, filmSettings } = studio;
  const folder = info.outputPath('models');
  await write(folder, [
    ...(ditLayouts['diffusers, sharded, bf16']?.(smallDit) ?? []),
    ...(umt5Layouts['Hugging Face, sharded, bf16']?.(smallUmt5) ?? []),
    ...(vaeLayouts['ComfyUI, fp16']?.(smallVae) ?? []),
    ...(taehvLayouts['original, fp16']?.(smallTaehv) ?? []),
    { path: 'loras/few.safetensors', tensors: loraTensors() },
  ]);
  await mkdir(join(folder, 'tokenizer'));
  await copyFile(
    join(root, 'src/model/fixtures/umt5/tokenizer.json'),
    join(folder, 'tokenizer/tokenizer.json'),
  );
  await studio.openStoryboard(
    tinyStoryboard({ model: 'wan2.1-custom', fps: 16, steps: 1, guidance: 1, attention: 'dense' }),
  );

  await filmSettings.getByRole('button', { name: 'Models…' }).click();
  const dialog = dialogOf(page);
  await dialog.getByLabel('Folder of models').setInputFiles(folder);
  const own = dialog.getByRole('listitem').filter({ hasText: 'Wan2.1, another size' });
  await expect(own).toContainText('Wan-VAE decodes');
  await page.keyboard.press('Escape');
  const quality = await studio.generate();
  expect(quality.frames).toBe(5);

  await filmSettings.getByRole('button', { name: 'Models…' }).click();
  await dialog.getByText('Speed').click();
  await expect(own).toContainText('TAEHV decodes');
  const speed = await studio.generate();
  expect(speed.framesSha256).not.toBe(quality.framesSha256);

  await dialog.getByRole('spinbutton', { name: 'Strength of few.safetensors' }).fill('1');
  const changed = await studio.generate();
  expect(changed.framesSha256).not.toBe(speed.framesSha256);
  await dialog.getByRole('spinbutton', { name: 'Strength of few.safetensors' }).fill('0');
  const back = await studio.generate();
  expect(back.framesSha256).toBe(speed.framesSha256);
  await page.keyboard.press('Escape');

  // The second of two steps attends by clusters; the first one stays dense.
  await studio.number('Steps').fill('2');
  await filmSettings.getByText('Advanced').click();
  await filmSettings.getByRole('combobox', { name: 'Sampler' }).selectOption('Euler');
  await studio.number('Guidance').fill('2');
  await filmSettings.getByRole('combobox', { name: 'Guide' }).selectOption('every 2nd step');
  await expect(filmSettings).toContainText('3 passes of the model in all');
  await filmSettings.getByRole('radio', { name: /^k-means/ }).check();
  const clustered = await studio.generate();
  const chosen = { sampler: 'euler', guidance: 2, guidanceEvery: 2 };
  expect(clustered).toMatchObject({ steps: 2, attention: 'kmeans', storyboard: chosen });
  await filmSettings.getByRole('radio', { name: /^Dense/ }).check();
  const dense = await studio.generate();
  expect(dense.framesSha256).not.toBe(clustered.framesSha256);
  expect(studio.errors).toEqual([]);
  expect(studio.refusals).toEqual([]);
});

/** A LoRA for every query projection of the small transformer. */
function loraTensors(): WrittenTensor[] {
  return Array.from({ length: smallDit.layers }, (_, i) => `diffusion_model.blocks.${i}.self_attn.v`).flatMap(
    (path) =>
      (['lora_down', 'lora_up'] as const).map((half) => {
        const name = `${path}.${half}.weight`;
        const shape = half === 'lora_down' ? [4, smallDit.dim] : [smallDit.dim, 4];
        return {
          name,
          type: 'F32',
          shape,
          bytes: () => new Uint8Array(hashValues(name, 4 * smallDit.dim).buffer),
        };
      }),
  );
}

/** A server of models on this machine, at another origin than the studio; the first answer breaks off half-way. */
async function serveModel(
  bytes: Buffer,
): Promise<{ address: string; ranges: (string | undefined)[]; close: () => void }> {
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Expose-Headers', 'ETag, Content-Range');
    response.setHeader('ETag', '"one"');
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (start > 0) response.setHeader('Content-Range', `bytes ${start}-${bytes.length - 1}/${bytes.length}`);
    response.writeHead(start > 0 ? 206 : 200, { 'Content-Length': bytes.length - start });
    if (request.method === 'HEAD') return response.end();
    ranges.push(request.headers.range);
    if (ranges.length > 1) return response.end(bytes.subarray(start));
    response.write(bytes.subarray(0, bytes.length / 2), () => setTimeout(() => response.destroy(), 500));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    address: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/wan.safetensors`,
    ranges,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

test('a model is downloaded from an address that the person gives, goes on after a break, and stays', async ({
  studio,
}) => {
  const { page, filmSettings } = studio;
  const [file] = ditLayouts['ComfyUI, fp16']?.(smallDit) ?? [];
  const bytes = Buffer.concat(file ? [...fileParts(file)] : []);
  const server = await serveModel(bytes);

  await filmSettings.getByRole('button', { name: 'Models…' }).click();
  const dialog = dialogOf(page);
  await dialog.getByLabel('Or download from an address').fill(server.address);
  await dialog.getByRole('button', { name: 'Look' }).click();
  await expect(dialog).toContainText(/wan\.safetensors, 1\.\d MB; the browser has room for/);
  await dialog.getByLabel('SHA-256').fill(createHash('sha256').update(bytes).digest('hex'));
  await dialog.getByRole('button', { name: 'Download', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText(/go on with the download/);
  await dialog.getByRole('button', { name: 'Go on' }).click();
  const files = dialog.getByRole('list', { name: 'Your files' });
  await expect(files).toContainText('Wan2.1 T2V, 2 blocks of 128');
  expect(server.ranges).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
  expect(studio.refusals).toEqual([]);

  // The page itself reaches nothing but the studio.
  const reached = await page.evaluate(
    (address) =>
      fetch(address).then(
        () => true,
        () => false,
      ),
    server.address,
  );
  expect(reached).toBe(false);
  expect(studio.refusals.length).toBeGreaterThan(0);

  server.close();
  await studio.reload();
  await filmSettings.getByRole('button', { name: 'Models…' }).click();
  await expect(files).toContainText('Wan2.1 T2V, 2 blocks of 128');
});

test('the memory and the format that the person names are planned with, and remembered', async ({
  studio,
}) => {
  const { page, filmSettings } = studio;
  const dialog = dialogOf(page);
  const memory = dialog.getByRole('combobox', { name: 'GPU memory' });
  await filmSettings.getByRole('button', { name: 'Models…' }).click();
  // The adapter is opened first.
  await expect(dialog.getByText(/^This film takes [\d,]+ of 7,373 MiB\.$/)).toBeVisible({
    timeout: filmTimeout,
  });
  await memory.selectOption('24 GB');
  await dialog.getByRole('combobox', { name: 'Weights of Wan models' }).selectOption('int8');
  await expect(dialog.getByText(/^This film takes [\d,]+ of 22,118 MiB\.$/)).toBeVisible();
  await expectAccessible(page, 'models, memory');

  await studio.reload();
  await filmSettings.getByRole('button', { name: 'Models…' }).click();
  await expect(memory).toHaveValue('24');
  await expect(dialog.getByRole('combobox', { name: 'Weights of Wan models' })).toHaveValue('int8');
  expect(studio.errors).toEqual([]);
});
