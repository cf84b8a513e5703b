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

test('weights that are not what was published are refused in a sentence, and whole ones make the film', async ({
  studio,
}) => {
  test.setTimeout(3 * filmTimeout);
  const { page, stage, alerts, generateButton } = studio;
  const storyboard = tinyStoryboard({ steps: 1 });
  await studio.openStoryboard(storyboard);

  for (const { name, serve, words } of faults) {
    await test.step(`weights that ${name}`, async () => {
      await page.route(weightsAddress, serve);
      await generateButton.click();
      // The engine's first word takes as long as its start.
      await alerts.first().waitFor({ timeout: filmTimeout });
      await expectOneSentence(studio, words);
      await expect(generateButton).toBeEnabled();
      expect(await studio.storyboard()).toEqual(storyboard);
      await page.unroute(weightsAddress);
      await stage.getByRole('button', { name: 'Dismiss' }).click();
      await expect(alerts).toHaveCount(0);
    });
  }

  await test.step('weights that arrive at the second try', async () => {
    await page.route(weightsAddress, (route) => route.abort());
    await generateButton.click();
    await expectOneSentence(studio, /check the connection/);
    await page.unroute(weightsAddress);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(studio.film).toBeVisible({ timeout: filmTimeout });
    await expect(alerts).toHaveCount(0);
  });
});
