import { launchOptions, webgpuFlags } from '../scripts/lib/chromium.mjs';
import { expect, expectOneSentence, test } from './fixtures.ts';

const options = launchOptions();
const granted = webgpuFlags().filter((flag) => flag !== '--no-sandbox');

// Chromium as a person starts it, but with the GPU, should there be one, shut off.
test.use({
  launchOptions: {
    ...options,
    args: [...options.args.filter((flag) => !granted.includes(flag)), '--disable-gpu'],
  },
});

test('without WebGPU the page says how to get it, and the storyboard can be written', async ({ studio }) => {
  const { page, generateButton } = studio;
  const adapter = await page.evaluate(async () => (await navigator.gpu?.requestAdapter()) ?? null);
  expect(adapter).toBeNull();
  await expectOneSentence(studio, /no WebGPU adapter.*npm start -- --open/);

  await studio.prompt(1).fill('a whale at dawn');
  await page.getByRole('button', { name: 'Add shot' }).click();
  await studio.prompt(2).fill('a whale at night');
  expect((await studio.storyboard()).shots.map(({ prompt }) => prompt).slice(0, 2)).toEqual([
    'a whale at dawn',
    'a whale at night',
  ]);

  await generateButton.click();
  await expectOneSentence(studio, /no WebGPU adapter/);
  await expect(generateButton).toBeEnabled();
  await studio.reload();
  await expect(studio.prompt(2)).toHaveValue('a whale at night');
});
