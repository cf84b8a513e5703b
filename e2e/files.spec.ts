import { serializeStoryboard } from '../src/storyboard/document.ts';
import { expect, expectOneSentence, test } from './fixtures.ts';
import type { FileAtHand } from './StudioPage.ts';
import { tinyStoryboard } from './storyboards.ts';

const sound = tinyStoryboard();
const [firstShot] = sound.shots;

function storyboardFile(content: object): FileAtHand {
  return textFile('film.shotweave.json', JSON.stringify(content));
}

function textFile(name: string, text: string): FileAtHand {
  return { name, mimeType: 'application/json', buffer: Buffer.from(text) };
}

const faults: { name: string; file: FileAtHand; words: RegExp }[] = [
  { name: 'of version 2', file: storyboardFile({ ...sound, version: 2 }), words: /is of version 2/ },
  { name: 'without shots', file: storyboardFile({ ...sound, shots: [] }), words: /a list of 1 to 200 shots/ },
  {
    name: 'of 500 shots',
    file: storyboardFile({
      ...sound,
      shots: Array.from({ length: 500 }, (_, i) => ({ ...firstShot, id: `shot${i}` })),
    }),
    words: /a list of 1 to 200 shots/,
  },
  {
    name: 'with a prompt of 10,000 characters',
    file: storyboardFile({ ...sound, shots: [{ ...firstShot, prompt: 'sail '.repeat(2000) }] }),
    words: /"prompt" of shot 1 must be a text of up to 2000 characters/,
  },
  {
    name: 'of another program',
    file: storyboardFile({ name: 'a package', version: '1.0.0' }),
    words: /comes from another program/,
  },
  {
    name: 'that is a text without a word',
    file: textFile('empty.txt', ' \n\n'),
    words: /“empty.txt” is no list of shots: open a text of 1 to 200 lines/,
  },
  { name: 'that is no JSON', file: textFile('notes.json', 'shots: two'), words: /not valid JSON/ },
  {
    name: 'in an MP4 that ends in the middle',
    file: {
      name: 'film.mp4',
      mimeType: 'video/mp4',
      // A whole box, and one of 512 bytes of which 12 are there.
      buffer: Buffer.from('\0\0\0\x10ftypisom\0\0\0\0' + '\0\0\x02\0moov\0\0\0\0', 'latin1'),
    },
    words: /damaged or cut short/,
  },
];

test('dropped files that are no sound storyboard are refused in a sentence each', async ({ studio }) => {
  const { page, alerts } = studio;
  await studio.prompt(1).fill('my own words');
  const before = await studio.storyboard();
  for (const { name, file, words } of faults) {
    await test.step(`a storyboard ${name}`, async () => {
      await studio.drop(file);
      await expectOneSentence(studio, words);
      expect(await studio.storyboard()).toEqual(before);
      await page.getByRole('list', { name: 'Notices' }).getByRole('button', { name: 'Dismiss' }).click();
      await expect(alerts).toHaveCount(0);
    });
  }
  expect(studio.errors).toEqual([]);
});

test('a text file of lines is a film of a shot each', async ({ studio }) => {
  await studio.openFile(
    textFile('whale.txt', 'Shot 1: a blue whale at dawn (3 s)\r\n\r\nShot 2: the whale at night\r\n'),
  );
  const { title, shots } = await studio.storyboard();
  expect(title).toBe('whale');
  expect(shots.map(({ prompt, seconds }) => [prompt, seconds])).toEqual([
    ['a blue whale at dawn', 3],
    ['the whale at night', 2],
  ]);
  await expect(studio.alerts).toHaveCount(0);
});

test('HTML in a storyboard stays text', async ({ studio }) => {
  const { page } = studio;
  const html =
    '<img id="planted" src="x" onerror="window.planted = 1"><script>window.planted = 2</script><b id="planted">bold</b>';
  const storyboard = tinyStoryboard({
    title: html,
    look: html,
    negative: html,
    shots: [{ id: 'a', prompt: html, seconds: 1, seed: null, locked: false }],
  });
  const asked = studio.requests.length;
  await studio.drop(textFile('film.shotweave.json', serializeStoryboard(storyboard)));
  await expect(studio.prompt(1)).toHaveValue(html);
  expect(await studio.storyboard()).toEqual(storyboard);
  await expect(page.locator('#planted')).toHaveCount(0);
  expect(await page.evaluate(() => Reflect.get(window, 'planted'))).toBeUndefined();
  expect(studio.requests.slice(asked).filter((address) => address.endsWith('/x'))).toEqual([]);
  await expect(studio.alerts).toHaveCount(0);
});
