import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { root } from '../scripts/lib/paths.mjs';
import { serializeStoryboard } from '../src/storyboard/document.ts';
import { probeVideo } from './ffmpeg.ts';
import { filmTimeout, tinyFilm, tinyStoryboard } from './storyboards.ts';

interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `npm run render` as a person or a script does. */
function render(args: string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', ['run', '--silent', 'render', '--', ...args], { cwd: root });
    const outcome: Outcome = { status: null, stdout: '', stderr: '' };
    child.stdout.on('data', (data) => {
      outcome.stdout += data;
    });
    child.stderr.on('data', (data) => {
      outcome.stderr += data;
    });
    child.once('error', reject);
    child.once('close', (status) => resolve({ ...outcome, status }));
  });
}

test('npm run render makes a film and tells its facts in one line', async () => {
  test.setTimeout(filmTimeout);
  const storyboardFile = test.info().outputPath('tiny.shotweave.json');
  const filmFile = test.info().outputPath('tiny.mp4');
  await writeFile(storyboardFile, serializeStoryboard(tinyStoryboard()));

  const { status, stdout, stderr } = await render([
    storyboardFile,
    filmFile,
    ...['--steps', '1', '--seed', '5', '--json'],
  ]);
  expect(status, stderr).toBe(0);
  expect(stdout).toMatch(/^\{.*\}\n$/);
  const facts = JSON.parse(stdout);
  expect(facts).toMatchObject({
    frames: tinyFilm.frames,
    latentFrames: tinyFilm.latentFrames,
    seed: 5,
    steps: 1,
    attention: 'moga',
    framesSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    adapter: { vendor: expect.any(String), software: expect.any(Boolean) },
  });
  for (const seconds of ['load', 'text', 'denoise', 'decode', 'finish']) {
    expect(facts.secondsByStage[seconds]).toBeGreaterThanOrEqual(0);
  }
  expect(facts.tokens).toBeGreaterThan(0);
  expect(facts.peakGpuBytes).toBeGreaterThan(0);
  expect(stderr).toContain('denoising');

  const video = await probeVideo(filmFile);
  expect(video).toEqual({
    codec: facts.codec,
    width: 64,
    height: 64,
    frames: tinyFilm.frames,
    rate: '24/1',
  });
});

test('npm run render says in a sentence what it cannot do', async () => {
  const { status, stdout, stderr } = await render(['no-such.json', test.info().outputPath('film.mp4')]);
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr.trim()).toBe('no-such.json cannot be read: name a .shotweave.json file that exists.');
});
