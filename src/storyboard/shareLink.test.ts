import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { randomSource } from '../engine/testing/random.ts';
import { limits, type Storyboard } from './document.ts';
import { carriesStoryboard, packStoryboard, unpackStoryboard } from './shareLink.ts';
import { newShot, starterStoryboard } from './starter.ts';

const prefix = '#film1=';

/** A fragment as a stranger would make it. */
function fragmentOf(text: string | Uint8Array): string {
  return prefix + deflateRawSync(text).toString('base64url');
}

/** Shots whose words hardly compress. */
function noisyStoryboard(shots: number): Storyboard {
  const random = randomSource(1);
  const noise = () => String.fromCodePoint(0x4e00 + Math.floor(random() * 20_000));
  const prompt = () => Array.from({ length: 400 }, noise).join('');
  return {
    ...starterStoryboard(),
    shots: Array.from({ length: shots }, () => ({ ...newShot(1), prompt: prompt() })),
  };
}

describe('a storyboard in a link', () => {
  it('comes back as it was, unknown fields and other scripts included', async () => {
    const storyboard = { ...starterStoryboard(), title: 'Über Wölken — 雲 🎬', note: { kept: true } };
    const fragment = await packStoryboard(storyboard);
    expect(carriesStoryboard(fragment)).toBe(true);
    expect(encodeURI(fragment)).toBe(fragment);
    expect(await unpackStoryboard(fragment)).toEqual(storyboard);
  });

  it('is read as anyone deflates it', async () => {
    const storyboard = starterStoryboard();
    expect(await unpackStoryboard(fragmentOf(JSON.stringify(storyboard, null, 2)))).toEqual(storyboard);
  });

  it('is short: forty shots take less than two thousand characters', async () => {
    const shots = Array.from({ length: 40 }, (_, index) => ({
      ...newShot(2),
      id: `shot${index}`,
      prompt: 'close up of the sailboat on the sea at sunset, camera pans left',
    }));
    expect((await packStoryboard({ ...starterStoryboard(), shots })).length).toBeLessThan(2000);
  });

  it('is refused when it is too long for a link', async () => {
    await expect(packStoryboard(noisyStoryboard(limits.shots))).rejects.toThrow(/too long for a link/);
    const largest = await packStoryboard(noisyStoryboard(20));
    expect((await unpackStoryboard(largest)).shots).toHaveLength(20);
  });
});

describe('a fragment', () => {
  it.each(['', '#', '#film', '#film2=abc', '#section'])('%j carries no storyboard', (fragment) => {
    expect(carriesStoryboard(fragment)).toBe(false);
  });

  const sound = fragmentOf(JSON.stringify(starterStoryboard()));
  it.each([
    ['that is empty', prefix, /damaged or cut short/],
    ['that is cut short', sound.slice(0, -20), /damaged or cut short/],
    ['of other characters', `${sound} §`, /damaged or cut short/],
    ['that does not inflate', `${prefix}____`, /damaged or cut short/],
    ['with text that is no UTF-8', fragmentOf(new Uint8Array([0xff, 0xfe, 0xff])), /damaged or cut short/],
    ['that inflates without end', fragmentOf('x'.repeat(2 ** 23)), /damaged or cut short/],
    ['that is oversized', prefix + 'A'.repeat(100_000), /too long/],
    ['with text that is no JSON', fragmentOf('shots: two'), /not valid JSON/],
    ['of another program', fragmentOf('{}'), /another program/],
    ['without shots', fragmentOf(JSON.stringify({ ...starterStoryboard(), shots: [] })), /list of 1 to 200/],
  ])('%s is refused in a sentence', async (_, fragment, words) => {
    const failure = unpackStoryboard(fragment);
    await expect(failure).rejects.toThrow(words);
    await expect(failure).rejects.toMatchObject({ code: 'storyboard-invalid' });
  });
});
