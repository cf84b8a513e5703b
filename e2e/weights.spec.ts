import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Route } from '@playwright/test';
import { root } from '../scripts/lib/paths.mjs';
import { expect, expectOneSentence, test } from './fixtures.ts';
import { filmTimeout, tinyStoryboard } from './storyboards.ts';

const weightsAddress = '**/models/papercut/dit.safetensors';

const weights = () => readFile(join(root, 'public/models/papercut/dit.safetensors'));

async function changedWeights(): Promise<Buffer> {
  const bytes = await weights();
  const middle = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  return bytes;
}

const faults: { name: string; serve: (route: Route) => Promise<void>; words: RegExp }[] = [
  {
    name: 'are cut short',
    serve: async (route) => route.fulfill({ body: (await weights()).subarray(0, 1_000_000) }),
    words: /damaged \(dit\.safetensors is not what was published\)/,
  },
  {
    name: 'differ by one bit',
    serve: async (route) => route.fulfill({ body: await changedWeights() }),
    words: /damaged \(dit\.safetensors is not what was published\)/,
  },
  {
    name: 'are not there',
    serve: (route) => route.fulfill({ status: 404 }),
    words: /cannot be loaded \(dit\.safetensors did not arrive\)/,
  },
];

for (const { name, serve, words } of faults) {
  test(`weights that ${name} are refused in a sentence`, async ({ studio }) => {
    const storyboard = tinyStoryboard();
    await studio.openStoryboard(storyboard);
    await studio.page.route(weightsAddress, serve);
    await studio.generateButton.click();
    await expectOneSentence(studio, words);
    await expect(studio.generateButton).toBeEnabled();
    expect(await studio.storyboard()).toEqual(storyboard);
  });
}

test('weights that arrive at the second try make the film', async ({ studio }) => {
  await studio.openStoryboard(tinyStoryboard({ steps: 1 }));
  await studio.page.route(weightsAddress, (route) => route.abort());
  await studio.generateButton.click();
  await expectOneSentence(studio, /check the connection/);
  await studio.page.unroute(weightsAddress);
  await studio.page.getByRole('button', { name: 'Try again' }).click();
  await expect(studio.film).toBeVisible({ timeout: filmTimeout });
  await expect(studio.alerts).toHaveCount(0);
});
